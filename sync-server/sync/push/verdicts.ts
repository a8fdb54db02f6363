import type { RefusalCode } from '#contract/errors.ts';
import { naturalId } from '#contract/natural-id.ts';
import type { Operation } from '#contract/protocol.ts';
import type { Tx } from '../../db/sql.ts';
import { docText, type SeenRow } from '../frames.ts';
import { refusalSentences } from './database-refusals.ts';
import type { LostText } from './merge.ts';

/** A verdict without its document, as `sync_ops` keeps it. */
export type Judgement =
  | { s: 'ok' }
  | { s: 'conflict' }
  | { s: 'refused'; code: RefusalCode; message: string; rejection_id: string }
  | { s: 'wait'; reason: 'files' | 'parent' };

/** The id of a refusal follows from who was refused what, so that the same refusal twice is one row. */
export const refused = (
  userId: string,
  op: string,
  sha256: string,
  code: RefusalCode,
  message?: string,
): Judgement => ({
  s: 'refused',
  code,
  message: message ?? refusalSentences[code],
  rejection_id: naturalId('sync_rejections', userId, op, sha256),
});

export type StoredVerdict = { sha256: string; judgement: Judgement };

export async function findStoredVerdicts(tx: Tx, ops: readonly string[]): Promise<Map<string, StoredVerdict>> {
  const { rows } = await tx.query<{ op: string; content_sha256: Buffer; verdict: Judgement }>({
    name: 'sync-stored-verdicts',
    text: 'select op, content_sha256, verdict from sync_stored_verdicts($1)',
    values: [ops],
  });
  return new Map(rows.map((row) => [row.op, { sha256: row.content_sha256.toString('hex'), judgement: row.verdict }]));
}

/** What is kept of one judged operation. `columns`: those in which it has the last word so far. */
export type Judged = { op: Operation; sha256: string; judgement: Judgement; columns: string[]; clientAt: Date };

/** Stores verdicts for the next time. What waits is judged anew. */
export async function keepVerdicts(
  tx: Tx,
  serverKey: string,
  deviceId: string | null,
  judged: readonly Judged[],
): Promise<void> {
  const final = judged.filter(({ judgement }) => judgement.s !== 'wait');
  if (final.length === 0) return;
  await tx.query({
    name: 'sync-keep-verdicts',
    text: 'select server_keep_verdicts($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      ...[serverKey, deviceId],
      ...[final.map(({ op }) => op.op), final.map(({ sha256 }) => sha256)],
      ...[final.map(({ op }) => op.type), final.map(({ op }) => op.id)],
      ...[final.map(({ columns }) => `{${columns.join(',')}}`), final.map(({ clientAt }) => clientAt.toISOString())],
      final.map(({ judgement }) => (judgement.s === 'ok' ? okText : JSON.stringify(judgement))),
    ],
  });
}

/** A refusal with the text that was pushed, so that nothing a person wrote is lost. */
export type Rejected = { collection: string; docId: string; judgement: Judgement; pushed: unknown; clientAt: Date };

export async function keepRejections(
  tx: Tx,
  serverKey: string,
  deviceId: string | null,
  rejected: readonly Rejected[],
): Promise<void> {
  const entries = rejected.flatMap(({ collection, docId, judgement, pushed, clientAt }) => {
    if (judgement.s !== 'refused') return [];
    const { rejection_id: id, code, message } = judgement;
    return [{ id, collection, doc_id: docId, code, message, pushed_doc: pushed, client_at: clientAt }];
  });
  if (entries.length === 0) return;
  await tx.query('select server_keep_rejections($1, $2, $3)', [serverKey, deviceId, JSON.stringify(entries)]);
}

/** Texts that lost a merge, each as a row of its own, so that the person finds them on every device. */
export async function keepLostTexts(
  tx: Tx,
  serverKey: string,
  deviceId: string | null,
  { op, type, id }: Operation,
  lost: readonly LostText[],
): Promise<void> {
  if (lost.length === 0) return;
  const entries = lost.map(({ column, text, writtenAt }) => ({
    id: naturalId('sync_rejections', op, column),
    collection: type,
    doc_id: id,
    code: 'stale' satisfies RefusalCode,
    message: refusalSentences.stale,
    pushed_doc: { [column]: text },
    client_at: writtenAt,
  }));
  await tx.query('select server_keep_rejections($1, $2, $3)', [serverKey, deviceId, JSON.stringify(entries)]);
}

/** What nearly every verdict of a long queue is. */
const okText = JSON.stringify({ s: 'ok' } satisfies Judgement);
const nothing = '00000000-0000-0000-0000-000000000000';

/** The verdict as it travels; `seen` is the row as the person has it now, a bare tombstone where they have none. */
export function verdictText(
  op: { op: string; type: string; id: string },
  judgement: Judgement,
  seen: SeenRow | undefined | null,
): string {
  const rest = judgement.s === 'ok' ? okText : JSON.stringify(judgement);
  const head = `{"op":${JSON.stringify(op.op)},${rest.slice(1)}`;
  if (judgement.s === 'wait') return head;
  const doc = seen === null ? 'null' : docText(seen ?? { type: op.type, id: op.id, v: nothing, body: null });
  return `${head.slice(0, -1)},"doc":${doc}}`;
}
