/**
 * One device id per person and installation (or browser profile); it outlives sign-outs and wipes, so that the server knows the device
 * again. Addresses are kept as hashes: after a wipe nothing here can be read as a person.
 */
const listName = 'growthos.devices';

type Known = Record<string, string>;

const read = (storage: Storage): Known => {
  try {
    return JSON.parse(storage.getItem(listName) ?? '{}') as Known;
  } catch {
    // A spoiled list costs a new device entry on the server, nothing else.
    return {};
  }
};

const write = (storage: Storage, known: Known): void => storage.setItem(listName, JSON.stringify(known));

/** The id this device uses for an e-mail address; addresses are case-insensitive. */
export async function deviceIdFor(storage: Storage, email: string): Promise<string> {
  const id = (await find(storage, email)) ?? crypto.randomUUID();
  write(storage, { ...withoutAddress(read(storage), email), [await hashOf(email)]: id });
  return id;
}

/** Notes the id under which a person came in without naming the address first, by a link; an earlier one stays. */
export async function rememberDevice(storage: Storage, email: string, id: string): Promise<void> {
  if (await find(storage, email)) return;
  write(storage, { ...read(storage), [await hashOf(email)]: id });
}

const plain = (email: string): string => email.trim().toLowerCase();

/** Lists of before have the address itself. */
async function find(storage: Storage, email: string): Promise<string | undefined> {
  const known = read(storage);
  return known[await hashOf(email)] ?? known[plain(email)];
}

const withoutAddress = (known: Known, email: string): Known =>
  Object.fromEntries(Object.entries(known).filter(([name]) => name !== plain(email)));

async function hashOf(email: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`growthos.device ${plain(email)}`));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
