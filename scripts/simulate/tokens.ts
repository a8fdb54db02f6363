/**
 * Every text that somebody writes carries a mark that stands nowhere else: what kind of text it is, whose, and a number. By it
 * a text is found again wherever it went, also where it should never have gone.
 */
export type Kind =
  | 'note'
  | 'work'
  | 'rating'
  | 'profile'
  | 'log'
  | 'review'
  | 'staff'
  | 'notice'
  | 'about'
  | 'ticket'
  | 'message'
  | 'saved'
  | 'answer'
  | 'signal'
  | 'file'
  | 'link';

let serial = 0;
export const mark = (kind: Kind, owner: string): string => `~${kind}:${owner}:${++serial}~`;

const pattern = /~([a-z]+):([0-9a-f-]{36}):(\d+)~/g;

export type Mark = { text: string; kind: Kind; owner: string };

export const marksIn = (text: string): Mark[] =>
  [...text.matchAll(pattern)].map(([whole, kind, owner]) => ({ text: whole, kind: kind as Kind, owner: owner! }));
