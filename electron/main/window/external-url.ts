/**
 * The address to hand to the operating system, or null when it must not be opened. Only web pages over https and mail: other
 * schemes can start programs, and an address with user information can hide where it leads.
 */
export function externalUrl(address: string): string | null {
  if (address.length > 2000 || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === 'mailto:') return url.href;
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.hostname === '') return null;
  return url.href;
}
