/** The app's scheme and host are the key of its local databases: they may never change once released. */
export const appScheme = 'app';
export const appHost = 'growthos';
export const appOrigin = `${appScheme}://${appHost}`;

/** True for an address inside the app itself. Compares the parsed origin, so `app://growthos.evil` is not ours. */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}` === appOrigin;
}
