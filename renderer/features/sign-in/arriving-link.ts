import { linkTypeSchema, type LinkType } from '#contract/api/gotrue.ts';
import type { Tokens } from '../../platform/index.ts';

/** A link that somebody followed into the app. */
export type ArrivingLink =
  | { kind: 'mail'; type: LinkType; token: string }
  /** The server has used the link itself and sent its tokens along, as links that an operator made do. */
  | { kind: 'used'; type: LinkType; tokens: Tokens }
  | { kind: 'setUp'; token: string };

/** What the address's hash carries, null for an ordinary page. */
export function readLink(hash: string): ArrivingLink | null {
  const [page, first = '', second = ''] = hash.replace(/^#\/?/, '').split('/');
  const isToken = (text: string): boolean => /^[\w-]{20,200}$/.test(text);
  if (page === 'set-up' && isToken(first)) return { kind: 'setUp', token: first };
  const type = linkTypeSchema.safeParse(first);
  if (page === 'link' && type.success && isToken(second)) return { kind: 'mail', type: type.data, token: second };
  return readTokens(new URLSearchParams(hash.slice(1)));
}

function readTokens(facts: URLSearchParams): ArrivingLink | null {
  const access_token = facts.get('access_token');
  const refresh_token = facts.get('refresh_token');
  const type = linkTypeSchema.safeParse(facts.get('type'));
  if (!access_token || !refresh_token || !type.success) return null;
  const tokens = { access_token, refresh_token, expires_in: Number(facts.get('expires_in')) || 900 };
  return { kind: 'used', type: type.data, tokens };
}
