import { isDeepStrictEqual } from 'node:util';
import { protocolVersion, syncHeaders, type Frame, type WireDoc } from '#contract/protocol.ts';
import { docKey, tableNames } from '#contract/tables/index.ts';
import type { TestDatabase } from '../../sync-server/testing/test-database.ts';
import type { Device } from './device.ts';
import type { Ledger } from './ledger.ts';
import { marksIn, type Mark } from './tokens.ts';

export type Finding = { what: 'divergent' | 'lost' | 'leaked' | 'stuck' | 'twice' | 'log' | 'trouble'; text: string };
export type Judgement = { findings: Finding[]; checkedDocs: number; acked: number };

/** Compares devices, server and ledger once everybody is online and quiet. */
export async function judge(
  database: TestDatabase,
  devices: readonly Device[],
  ledger: Ledger,
  address: string,
): Promise<Judgement> {
  const findings: Finding[] = [];
  let checkedDocs = 0;
  for (const device of devices) {
    const expected = await askServer(device, address);
    const held = await heldBy(device);
    checkedDocs += expected.size;
    findings.push(...compare(device, expected, held));
  }
  findings.push(...(await findLost(database, devices, ledger)), ...(await findTwice(database)));
  findings.push(...(await findLeaks(database, devices)));
  const { rows } = await database.server.query<{ acked: number }>(
    "select count(*)::int as acked from sync_ops where verdict ->> 's' = 'ok'",
  );
  return { findings, checkedDocs, acked: rows[0]!.acked };
}

/** Everything the person may see, asked for as a new device would. */
async function askServer(device: Device, address: string): Promise<Map<string, WireDoc>> {
  const connection = (await device.connection())!;
  const response = await fetch(`${address}/sync/v1/pull`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await connection.accessToken()}`,
      'content-type': 'application/json',
      [syncHeaders.protocol]: String(protocolVersion),
      [syncHeaders.device]: connection.deviceId,
    },
    body: JSON.stringify({ checkpoint: null }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${device.name}: ${text}`);
  const frames = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Frame);
  const docs = frames.flatMap((frame) => (frame.t === 'docs' ? frame.d : []));
  return new Map(docs.map((doc) => [docKey(doc.type, doc.id), doc]));
}

async function heldBy(device: Device): Promise<Map<string, Record<string, unknown>>> {
  const held = new Map<string, Record<string, unknown>>();
  for (const table of tableNames) for (const { key, ...row } of await device.replica!.find(table)) held.set(key, row);
  return held;
}

/** Rows that move with every contact of a device, by the server's clock. */
const restless = new Set(['last_sync_at', 'lease_until', 'last_active_at']);
const settledColumns = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !restless.has(column) && column !== 'v'));

function compare(
  device: Device,
  expected: Map<string, WireDoc>,
  held: Map<string, Record<string, unknown>>,
): Finding[] {
  const findings: Finding[] = [];
  const differs = (text: string) => findings.push({ what: 'divergent', text: `${device.name}: ${text}` });
  for (const [key, doc] of expected) {
    const row = held.get(key);
    if (!row) differs(`${key} is missing`);
    else if (!isDeepStrictEqual(settledColumns(row), settledColumns(doc)))
      differs(`${key} differs: ${JSON.stringify(row)} instead of ${JSON.stringify(doc)}`);
    else if (doc.type !== 'devices' && doc.type !== 'users' && row['v'] !== doc.v)
      differs(`${key} has token ${String(row['v'])}, not ${doc.v}`);
  }
  for (const key of held.keys()) if (!expected.has(key)) differs(`${key} should be gone`);
  return findings;
}

/** Every text that nobody knowingly replaced is on the server, or on its device as something the person sees. */
async function findLost(database: TestDatabase, devices: readonly Device[], ledger: Ledger): Promise<Finding[]> {
  const { rows } = await database.server.query<{ text: string }>(`
    select body as text from lesson_notes union all select content from submissions union all select notes from submission_reviews
    union all select feedback from recording_ratings union all select dream_goal_summary from users union all select bio from mentors
    union all select label from devices union all select metadata::text from user_activity_logs union all select pushed_doc::text from sync_rejections`);
  const there = new Set(rows.flatMap(({ text }) => marksIn(text ?? '').map((one) => one.text)));
  const findings: Finding[] = [];
  const seenOn = new Map<string, string>();
  for (const device of devices) {
    const { problems, pending } = device.replica!;
    seenOn.set(device.name, JSON.stringify([problems.get(), pending.get(), await device.replica!.listDrafts('')]));
    const state = device.replica!.syncState.get();
    if ((state.status !== 'uptodate' && state.status !== 'problem') || state.waiting > 0)
      findings.push({
        what: 'stuck',
        text: `${device.name} is ${JSON.stringify([device.session!.getState().state, state, await device.replica!.diagnostics()])}`,
      });
    if (pending.get().length > 0)
      findings.push({ what: 'stuck', text: `${device.name} still has ${JSON.stringify(pending.get())}` });
  }
  for (const owed of ledger.owed())
    if (!there.has(owed.mark) && !seenOn.get(owed.device)?.includes(owed.mark))
      findings.push({ what: 'lost', text: `${owed.device} wrote ${owed.mark} into ${owed.table} ${owed.id}` });
  return findings;
}

/** Nothing that was acknowledged stands on the server twice. */
async function findTwice(database: TestDatabase): Promise<Finding[]> {
  const { rows } = await database.server.query<{ text: string }>(`
    select min(text) as text from (
      select 'note ' || body as text from lesson_notes where not is_deleted
      union all select 'work ' || content from submissions where content <> ''
      union all select 'review ' || notes from submission_reviews
      union all select 'log ' || (metadata ->> 'text') from user_activity_logs
    ) each group by text having count(*) > 1`);
  return rows.filter(({ text }) => text && marksIn(text).length > 0).map(({ text }) => ({ what: 'twice', text }));
}

/** Looks through every byte that devices received, back to their first day. */
async function findLeaks(database: TestDatabase, devices: readonly Device[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const device of devices) {
    const received = device.lines.flatMap((line) => line.received).join('\n');
    for (const mark of new Map(marksIn(received).map((one) => [one.text, one])).values())
      if (!mayEverRead(device, mark)) findings.push({ what: 'leaked', text: `${device.name} received ${mark.text}` });
    const known = await everVisible(database, device);
    const ids = new Set(
      [...received.matchAll(/"type":"([a-z_]+)","id":"([0-9a-f-]{36})"/g)].map(([, type, id]) => `${type}|${id}`),
    );
    for (const id of ids)
      if (!known.has(id) && !device.asked.has(id))
        findings.push({ what: 'leaked', text: `${device.name} heard of ${id}` });
  }
  return findings;
}

function mayEverRead({ person }: Device, { kind, owner }: Mark): boolean {
  if (owner === person.id) return true;
  if (kind === 'note' || kind === 'log' || kind === 'notice') return false;
  if (kind === 'staff') return person.role !== 'student' && person.role !== 'enrollment_manager';
  // A mentor's bio and the verdict on one's own work are for students too; another student's texts never.
  if (person.role === 'student') return kind === 'review' || kind === 'profile';
  if (person.role === 'enrollment_manager') return kind === 'profile';
  return true;
}

/** Rows that stood in a scope of the person while the person was in it. */
async function everVisible(database: TestDatabase, { person }: Device): Promise<Set<string>> {
  const { rows } = await database.server.query<{ key: string }>(
    `select distinct r.type || '|' || r.id as key from sync_rows r join sync_members m on m.scope = r.scope
     where m.user_id = $1 and (m.lost is null or r.born < pg_snapshot_xmax(m.lost_at)) and not (r.deleted and r.xid < m.gained)`,
    [person.id],
  );
  return new Set(rows.map(({ key }) => key));
}
