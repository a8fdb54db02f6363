/** A note as a student writes it: words of a course, so that it compresses like text and not like noise or like zeros. */
export type NoteText = { body: string; at_seconds: number };

const stems = `price margin order buyer store advert letter lesson week number question reason promise request reader market supply
  deliver return photo caption budget click visit basket custom answer plan month brand weigh pack label offer bundle count`;
const endings = ['', 's', 'ed', 'ing', 'er', 'able'];
const small = `the of a to in is that it for on with as at this first costs must be left you one until then rather than again`;

/** Some three hundred words: fewer would compress better than what people write. */
const words = [...small.split(/\s+/), ...stems.split(/\s+/).flatMap((stem) => endings.map((ending) => stem + ending))];

/** Characters of text per note; with ids, tokens and times its wire document has 490 to 500 bytes. */
const bodyLength = 161;
/** Of them random hex digits, as in a link or a number copied from a shop: no compressor finds anything in those. */
const hexLength = 48;

/** Seeded by its number, so that every run, every peer and every count sees the same text. */
export function noteText(index: number): NoteText {
  const next = random(index);
  let body = '';
  while (body.length < hexLength)
    body += Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  while (body.length < bodyLength) body += ` ${words[Math.floor(next() * words.length)]}`;
  return { body: body.slice(0, bodyLength), at_seconds: Math.floor(next() * 36_000) / 10 };
}

/** xorshift; the seed is spread first, as neighbours would otherwise begin alike. */
function random(seed: number): () => number {
  let state = (Math.imul(seed + 1, 2_654_435_761) ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
