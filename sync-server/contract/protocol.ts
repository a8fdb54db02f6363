import { z } from 'zod';
import { families } from './define-table.ts';
import { wipeKeySchema } from './api/wipe.ts';
import { refusalCodes } from './errors.ts';

/**
 * The wire of /sync/v1 (docs/specs/sync.md). History of `protocolVersion`, newest first:
 * 1 — first protocol: pull, push, stream, check.
 */
export const protocolVersion = 1;
/** The oldest protocol still pulled; older devices get UPGRADE_REQUIRED but may push. */
export const oldestPulledProtocol = 1;

/**
 * The shapes of documents that a device keeps and pushes, all tables together. A new optional column or a new table is no other
 * version: devices pass over what they do not know. It rises when an old app would misread a row. History, newest first:
 * 1 — first shapes.
 */
export const schemaVersion = 1;
/** The oldest shapes still sent; devices with older ones get UPGRADE_REQUIRED but may push. */
export const oldestPulledSchema = 1;

/** What UPGRADE_REQUIRED carries in `details`. */
export const versionGapSchema = z.object({
  /** Which of the two versions does not fit. */
  version: z.enum(['protocol', 'schema']),
  oldest: z.int(),
  newest: z.int(),
  /** Who has to be brought up to date: `server` while a newer app meets a server that was not updated yet, or was put back. */
  behind: z.enum(['app', 'server']),
});
export type VersionGap = z.infer<typeof versionGapSchema>;

/** Headers of every sync request beside `Authorization: Bearer`. */
export const syncHeaders = { protocol: 'sync-protocol', schema: 'sync-schema', device: 'x-device-id' } as const;

/** Most operations one push may carry; the body limit is 4 MB. */
export const pushLimit = 1000;

/** A row as a device holds it; a tombstone has only these fields and `_deleted: true`. */
export const wireDocSchema = z.looseObject({
  type: z.string().max(60),
  id: z.string().max(80),
  v: z.string().max(60),
  _deleted: z.boolean().optional(),
});
export type WireDoc = z.infer<typeof wireDocSchema>;

export const pullRequestSchema = z.strictObject({
  /** The opaque checkpoint of the last complete pull; null on a new device. */
  checkpoint: z.string().max(4000).nullable(),
});
export type PullRequest = z.infer<typeof pullRequestSchema>;

/**
 * One line of a pull or stream answer (NDJSON).
 * - `hello` comes first: epoch, server time, how many documents follow at most (for a progress bar), the lease; and `anchor`, the
 *   server time signed for this person and device (a JWS), null where the session has no device. Kept by the device, it backs the
 *   times of what is written until the next one (`evidence` of an operation). `wipe_key`: by which the device knows a wipe order.
 * - `reset`: forget the checkpoint; the full set follows; after `cp` drop every local row that was not in it and has no unsent edit.
 * - `docs`: rows and tombstones of one family; an id stands at most once between two checkpoints.
 * - `ready`: the essential families (company, people, courses, lessons, learning, assignments) are complete; the app can start.
 * - `cp`: all before it is one consistent state; store the checkpoint only when every document was applied.
 * - `n` on a stream counts its frames from 0; a gap means frames were lost: reconnect with the stored checkpoint.
 * - `ping`: every 20 s on a stream. `bye`: the server ends the stream; `expired` and `revoked` need a new token.
 */
export const frameSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('hello'),
    protocol: z.int(),
    epoch: z.string(),
    server_time: z.iso.datetime(),
    count: z.int().nullable(),
    lease_until: z.iso.datetime().nullable(),
    anchor: z.string().max(1000).nullable().optional(),
    wipe_key: wipeKeySchema.optional(),
    n: z.int().optional(),
  }),
  z.object({ t: z.literal('reset'), n: z.int().optional() }),
  z.object({ t: z.literal('docs'), f: z.enum(families), d: z.array(wireDocSchema), n: z.int().optional() }),
  z.object({ t: z.literal('ready'), n: z.int().optional() }),
  z.object({ t: z.literal('cp'), cp: z.string(), server_time: z.iso.datetime(), n: z.int().optional() }),
  z.object({ t: z.literal('ping'), server_time: z.iso.datetime(), n: z.int().optional() }),
  z.object({
    t: z.literal('bye'),
    reason: z.enum(['expired', 'revoked', 'shutdown', 'replaced', 'slow']),
    /** With `shutdown`: milliseconds after which to come back, another for each device so that they do not come all at once. */
    retry_in: z.int().nonnegative().optional(),
    n: z.int().optional(),
  }),
]);
export type Frame = z.infer<typeof frameSchema>;

/**
 * What backs the time of a write: the last signed server time before it and how long ago that was, in ms. `least_ms` by a clock that
 * only runs forward while the app is open; `most_ms` as the computer's clock has it, which counts pauses too.
 */
export const evidenceSchema = z.object({
  anchor: z.string().max(1000),
  least_ms: z.int().min(0),
  most_ms: z.int().min(0),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** One write of one row. `op` is a UUIDv7 made where it was written; it becomes the row's version token. */
export const operationSchema = z.strictObject({
  op: z.uuid(),
  type: z.string().max(60),
  id: z.uuid(),
  /** The version token the writer had before this write; null when the row was new to it. */
  base: z.string().max(60).nullable(),
  /** The columns this write sets. Columns a device may not write are ignored and logged. */
  set: z.record(z.string().max(60), z.unknown()),
  /** True to delete the row. */
  deleted: z.boolean().optional(),
  /** Device time of the write, trusted clock (workflows 0.6). */
  client_at: z.iso.datetime(),
  /** For tables whose rows say when something was done (`device.dated`); such a write without it is judged by less. */
  evidence: evidenceSchema.optional(),
});
export type Operation = z.infer<typeof operationSchema>;

export const pushRequestSchema = z.strictObject({
  ops: z.array(operationSchema).min(1).max(pushLimit),
  /** True where others follow these at once: this device's stream tells of what they changed when the last of them is through. */
  more: z.boolean().optional(),
  /**
   * The operation they come after, where its push is still on its way: they are judged once it has its verdict (to
   * wait is none). Before that the answer has no verdicts, and nothing was done.
   */
  after: z.uuid().optional(),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

/**
 * The verdict on one operation; each is judged alone, in order, and the same `op` always gets the same verdict.
 * - `ok`: applied (or applied before: an answer was lost). `doc` is what this person now sees.
 * - `conflict`: the row had moved on and the table has no merge for it; `doc` is the master.
 * - `refused`: never acceptable as it stands; kept as a `sync_rejections` row with the pushed text. `doc` is the master or a tombstone.
 * - `wait`: a parent row or file is not here yet; keep it and push again later.
 */
export const verdictSchema = z.discriminatedUnion('s', [
  z.object({ op: z.uuid(), s: z.literal('ok'), doc: wireDocSchema.nullable() }),
  z.object({ op: z.uuid(), s: z.literal('conflict'), doc: wireDocSchema.nullable() }),
  z.object({
    op: z.uuid(),
    s: z.literal('refused'),
    code: z.enum(refusalCodes),
    message: z.string(),
    rejection_id: z.uuid(),
    doc: wireDocSchema.nullable(),
  }),
  z.object({ op: z.uuid(), s: z.literal('wait'), reason: z.enum(['files', 'parent']) }),
]);
export type OperationVerdict = z.infer<typeof verdictSchema>;
/** No verdicts: what the push came after has none yet. */
export const pushResponseSchema = z.object({ verdicts: z.array(verdictSchema), server_time: z.iso.datetime() });
export type PushResponse = z.infer<typeof pushResponseSchema>;

/** How many hash buckets a family is split into for the anti-entropy check. */
export const checkBuckets = 64;
/**
 * Per family: `checkBuckets` strings, each the XOR (16 hex digits) of the first 64 bits of SHA-256(`type|id|v`) of the
 * bucket's rows; a row's bucket is the first byte of SHA-256(`type|id`) modulo `checkBuckets`. Rows with unsent edits
 * count with their master's token.
 */
export const checkRequestSchema = z.strictObject({
  families: z.partialRecord(z.enum(families), z.array(z.string().length(16)).length(checkBuckets)),
});
export type CheckRequest = z.infer<typeof checkRequestSchema>;
/** Buckets that differ, with every row this person should hold in them; local rows beyond these are dropped. */
export const checkResponseSchema = z.object({
  repairs: z.array(z.object({ family: z.enum(families), bucket: z.int(), docs: z.array(wireDocSchema) })),
});
export type CheckResponse = z.infer<typeof checkResponseSchema>;
