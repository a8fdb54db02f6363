/** UUIDv5 namespace of rows with a natural key; the database's `app_natural_id` uses the same one. */
export const naturalIdNamespace = '6f1d5b0e-6c1b-5c0a-9d57-0f6b1a1c9a10';

/**
 * The id of a row that two devices of one person must create alike while both are offline (data model 5.3):
 * UUIDv5 of `table:value:value…`, the values in the order of the table's `naturalKey`.
 */
export function naturalId(table: string, ...values: readonly string[]): string {
  const name = utf8([table, ...values].join(':'));
  const hash = sha1(concat(uuidBytes(naturalIdNamespace), name)).slice(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(hash);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Percent-encoding is the one UTF-8 encoder the language itself has; the contract runs in processes of three kinds. */
const utf8 = (text: string): Uint8Array =>
  Uint8Array.from(encodeURIComponent(text).match(/%..|./g) ?? [], (unit) =>
    unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0),
  );

const uuidBytes = (uuid: string): Uint8Array =>
  Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** SHA-1, written out because the browser's own is asynchronous and ids are needed inside one transaction of Dexie. */
export function sha1(message: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const padded = pad(message);
  for (let offset = 0; offset < padded.byteLength; offset += 64) {
    mix(state, new DataView(padded.buffer, offset, 64));
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, index) => digest.setUint32(index * 4, word >>> 0));
  return new Uint8Array(digest.buffer);
}

/** One bit, zeros up to a multiple of 64 bytes, and the length in bits at the end. */
function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  return padded;
}

/** Works one block of 64 bytes into the five words of the state. */
function mix(state: number[], block: DataView): void {
  const words: number[] = [];
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let round = 0; round < 80; round++) {
    const word =
      round < 16
        ? block.getInt32(round * 4)
        : rotate(
            (words[round - 3] ?? 0) ^ (words[round - 8] ?? 0) ^ (words[round - 14] ?? 0) ^ (words[round - 16] ?? 0),
            1,
          );
    words.push(word);
    const [choice, constant] = step(round, b, c, d);
    const next = (rotate(a, 5) + choice + e + constant + word) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  }
  [a, b, c, d, e].forEach((word, index) => (state[index] = ((state[index] ?? 0) + word) | 0));
}

/** The mixing function and constant of one of SHA-1's four stages. */
function step(round: number, b: number, c: number, d: number): [choice: number, constant: number] {
  if (round < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (round < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (round < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}
