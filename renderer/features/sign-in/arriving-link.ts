import { linkTypeSchema, type LinkType } from '#contract/api/gotrue.ts';

/** A link that somebody followed into the app. */
export type ArrivingLink = { kind: 'mail'; type: LinkType; token: string } | { kind: 'setUp'; token: string };

/** What the address's hash carries, null for an ordinary page. */
export function readLink(hash: string): ArrivingLink | null {
  const [page, first = '', second = ''] = hash.replace(/^#\/?/, '').split('/');
  const isToken = (text: string): boolean => /^[\w-]{20,200}$/.test(text);
  if (page === 'set-up' && isToken(first)) return { kind: 'setUp', token: first };
  const type = linkTypeSchema.safeParse(first);
  if (page === 'link' && type.success && isToken(second)) return { kind: 'mail', type: type.data, token: second };
  return null;
}
