/** One device id per person and installation (or browser profile); it outlives sign-outs, so that the server knows the device again. */
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

/** The id this device uses for an e-mail address; addresses are case-insensitive. */
export function deviceIdFor(storage: Storage, email: string): string {
  const known = read(storage);
  const name = email.trim().toLowerCase();
  const id = known[name] ?? crypto.randomUUID();
  if (!known[name]) storage.setItem(listName, JSON.stringify({ ...known, [name]: id }));
  return id;
}

/** Notes the id under which a person came in without naming the address first, by a link; an earlier one stays. */
export function rememberDevice(storage: Storage, email: string, id: string): void {
  const known = read(storage);
  const name = email.trim().toLowerCase();
  if (!known[name]) storage.setItem(listName, JSON.stringify({ ...known, [name]: id }));
}
