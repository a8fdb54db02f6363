import { expect, test } from 'vitest';
import { pushResponseSchema } from '#contract/protocol.ts';
import { NetworkError } from '../platform/errors.ts';
import { readVerdicts } from './read-verdicts.ts';

const op = '0199a2b0-0000-7000-8000-000000000001';
const doc = { type: 'lesson_notes', id: '00000000-0000-4000-8000-000000000001', v: op, body: 'A thought', at: null };
const server_time = '2026-11-22T10:00:00.000Z';
const answer = (...verdicts: unknown[]) => ({ verdicts, server_time });

test('says what the schema says of every verdict there is', () => {
  const all = answer(
    { op, s: 'ok', doc },
    { op, s: 'ok', doc: null },
    { op, s: 'ok', doc: { type: doc.type, id: doc.id, v: op, _deleted: true } },
    { op, s: 'conflict', doc },
    { op, s: 'refused', code: 'locked', message: 'No.', rejection_id: doc.id, doc },
    { op, s: 'wait', reason: 'files' },
  );
  expect(readVerdicts(structuredClone(all))).toEqual(pushResponseSchema.parse(all));
  expect(readVerdicts(answer())).toEqual(answer());
});

test.each([
  ['nothing', null],
  ['a page of somebody else', '<html>'],
  ['no list', { verdicts: {}, server_time }],
  ['no time', { verdicts: [] }],
  ['no verdict', answer(null)],
  ['no operation', answer({ s: 'ok', doc })],
  ['no document', answer({ op, s: 'ok' })],
  ['a document without its token', answer({ op, s: 'ok', doc: { type: doc.type, id: doc.id } })],
  ['a verdict of another protocol', answer({ op, s: 'perhaps', doc })],
  ['a refusal without its code', answer({ op, s: 'refused', message: 'No.', rejection_id: doc.id, doc })],
])('is no answer of ours: %s', (_, given) => {
  expect(pushResponseSchema.safeParse(given).success).toBe(false);
  expect(() => readVerdicts(given)).toThrow(NetworkError);
});
