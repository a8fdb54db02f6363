import type { WireDoc } from '#contract/protocol.ts';

const words =
  'lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod tempor invidunt ut labore et dolore magna aliquyam erat voluptua at vero eos accusam justo duo dolores ea rebum'.split(
    ' ',
  );

/** Rows of about 490 bytes as JSON, of a table that devices write (`messages`) or one that only the server writes. */
export type Kind = 'messages' | 'notifications';

/** The same row for the same number, so that both sides of a comparison store the same bytes. */
export function makeDoc(kind: Kind, at: number): WireDoc {
  const id = `0192f000-0000-7000-8000-${at.toString(16).padStart(12, '0')}`;
  const text = textOf(at);
  const times = { created_at: timeOf(at), updated_at: timeOf(at) };
  const own =
    kind === 'messages'
      ? { thread_id: idOf(at % 50), user_id: idOf(at % 7), status: 'sent', message_text: text }
      : {
          user_id: idOf(7),
          kind: 'message_new',
          title: text.slice(0, 40),
          body: text,
          read_at: null,
          dismissed_at: null,
        };
  return { type: kind, id, v: idOf(at), ...own, ...times };
}

const idOf = (at: number): string => `0192f111-0000-7000-8000-${at.toString(16).padStart(12, '0')}`;
const timeOf = (at: number): string => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();

function textOf(at: number): string {
  let text = '';
  for (let turn = 0; text.length < 170; turn += 1) text += `${words[(at * 7 + turn * 13) % words.length]} `;
  return text;
}
