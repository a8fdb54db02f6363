import { randomUUID } from 'node:crypto';
import { docKey, type TableName } from '#contract/tables/index.ts';
import { asking, type Ask } from './asking.ts';
import { knockOnClosedDoors } from './closed-doors.ts';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import { insist } from './moves.ts';
import { overstay } from './overstaying.ts';
import { sayOtherwise } from './said-otherwise.ts';
import { textOf, tryThem, type Grounds, type Wrong } from './strange-writes.ts';
import { mark } from './tokens.ts';
import { waitInVain } from './vain-waits.ts';

/**
 * What the product's own client never does, and what somebody may do who has taken its session out of it: writes for others and into
 * what is hidden, a checkpoint of another device and one that was made up, a file of somebody else. None of it may succeed.
 */
export async function trespass(devices: readonly Device[], grounds: Grounds, round: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const checkpoints = new Map<Device, string>();
  for (const device of devices) {
    const ask = await asking(device, grounds.address);
    for (const attempt of [writeForOthers, readFile]) findings.push(...(await attempt(device, grounds, ask)));
    findings.push(...(await waitInVain(device, ask)), ...(await sayOtherwise(device, grounds, ask)));
    checkpoints.set(device, checkpointIn(await textOf(ask('/sync/v1/pull', { checkpoint: null }))));
  }
  for (const device of devices) findings.push(...(await comeFromElsewhere(device, checkpoints, grounds)));
  for (const device of devices)
    findings.push(...(await knockOnClosedDoors(device, grounds, await asking(device, grounds.address))));
  findings.push(...(await overstay(devices[round % devices.length]!, grounds)));
  // Last, for nobody has looked yet who may see what is handed in here.
  for (const device of devices)
    findings.push(...(await lieAboutTime(device, grounds, await asking(device, grounds.address))));
  return findings;
}

async function writeForOthers(device: Device, grounds: Grounds, ask: Ask): Promise<Finding[]> {
  return tryThem(device, await thinkOfWrongs(device, grounds), grounds, ask);
}

/** Columns of one's own words: whose they are, another's is not to be touched, also by who knows its token. */
const ownWords = [
  ['users', 'id', 'dream_goal_summary'],
  ['mentors', 'id', 'bio'],
  ['lesson_notes', 'user_id', 'body'],
  ['saved_replies', 'owner_id', 'body'],
  ['devices', 'user_id', 'label'],
] as const;

async function thinkOfWrongs({ person }: Device, { database, audience }: Grounds): Promise<Wrong[]> {
  const me = person.id;
  const wrongs: Wrong[] = [];
  const insert = (type: TableName, set: Wrong['set']) => wrongs.push({ type, id: randomUUID(), base: null, set });
  const ids = async (question: string): Promise<string[]> =>
    (await insist(() => database.server.query<{ id: string }>(question, [me]))).rows.map(({ id }) => id);
  const hidden = async (table: TableName): Promise<string | undefined> =>
    (await ids(`select id from ${table} where id <> $1 and not is_deleted order by md5(id::text || $1::text)`)).find(
      (id) => !audience.couldSee(me, docKey(table, id)),
    );
  for (const [type, owner, column] of ownWords) {
    const { rows } = await insist(() =>
      database.server.query<{ id: string; v: string }>(
        `select id, v from ${type} where ${owner} <> $1 and not is_deleted order by md5(id::text || $1::text) limit 1`,
        [me],
      ),
    );
    for (const { id, v } of rows) wrongs.push({ type, id, base: v, set: { [column]: mark('profile', me) } });
  }
  const [other] = await ids(
    "select id from users where id <> $1 and role = 'student' and not is_deleted order by id limit 1",
  );
  const [lesson] = await ids('select id from available_lessons where id <> $1 and not is_deleted order by id limit 1');
  insert('lesson_notes', {
    user_id: other,
    lesson_id: lesson,
    at_seconds: null,
    body: mark('note', me),
    copy_of: null,
  });
  const student = person.role === 'student' ? me : await hidden('students');
  if (student) insert('student_notes', { student_id: student, author_id: me, kind: 'note', body: mark('about', me) });
  const thread = await hidden('message_threads');
  if (thread)
    insert('messages', {
      user_id: me,
      thread_id: thread,
      content: mark('message', me),
      file_ids: [],
      reply_to_id: null,
    });
  const ticket = await hidden('support_tickets');
  if (ticket)
    insert('support_ticket_replies', {
      ticket_id: ticket,
      user_id: me,
      message: mark('ticket', me),
      is_internal: false,
      file_ids: [],
    });
  const own = 'select id from submissions where student_id = $1 order by id limit 1';
  const work = person.role === 'student' ? (await ids(own))[0] : await hidden('submissions');
  if (work)
    insert('submission_reviews', {
      submission_id: work,
      submission_version: 1,
      reviewer_id: me,
      decision: 'comment',
      notes: mark('review', me),
      score: null,
      reviewed_at_client: new Date().toISOString(),
    });
  return wrongs;
}

/** Work of just now that is said to be hours old: what the clock of a device says, counts as far as it can be believed. */
async function lieAboutTime({ name, person }: Device, { database }: Grounds, ask: Ask): Promise<Finding[]> {
  if (person.role !== 'student') return [];
  const { rows } = await insist(() =>
    database.server.query<{ id: string }>(
      `select a.id from assignments a join user_unlocks u on u.lesson_id = a.lesson_id and u.user_id = $1 and u.is_unlocked
       where a.is_active and not a.is_deleted and a.submission_type = 'text'
         and not exists (select from submissions s where s.assignment_id = a.id and s.student_id = $1) order by a.id limit 1`,
      [person.id],
    ),
  );
  const claimed = new Date(Date.now() - 5 * 3_600_000).toISOString();
  for (const { id: assignment } of rows) {
    const id = randomUUID();
    const set = {
      assignment_id: assignment,
      student_id: person.id,
      content: mark('work', person.id),
      links: [],
      file_ids: [],
      client_submitted_at: claimed,
      based_on: null,
    };
    await textOf(
      ask('/sync/v1/push', {
        ops: [{ type: 'submissions', id, base: null, set, op: randomUUID(), client_at: claimed }],
      }),
    );
    const { rows: taken } = await database.server.query<{ receipt: string }>(
      'select receipt from submissions where id = $1',
      [id],
    );
    for (const { receipt } of taken) {
      const payload = JSON.parse(Buffer.from(receipt.split('.')[1]!, 'base64url').toString()) as {
        handed_in_at: string;
      };
      if (Date.parse(payload.handed_in_at) <= Date.parse(claimed) + 60_000)
        return [{ what: 'wrong', text: `${name} was believed that submissions ${id} was handed in at ${claimed}` }];
    }
  }
  return [];
}

const checkpointIn = (text: string): string => /"cp":"([^"]+)"/.exec(text)![1]!;

/** With a checkpoint that is not this device's own, one starts over. */
async function comeFromElsewhere(
  device: Device,
  checkpoints: ReadonlyMap<Device, string>,
  { address }: Grounds,
): Promise<Finding[]> {
  const own = checkpoints.get(device)!;
  const others = [...checkpoints].filter(([one]) => one !== device).map(([, checkpoint]) => checkpoint);
  const ask = await asking(device, address);
  const findings: Finding[] = [];
  for (const [whose, checkpoint] of [
    ['another device', others[0]],
    ['nobody', madeUp(own)],
  ] as const) {
    if (checkpoint === undefined) continue;
    const text = await textOf(ask('/sync/v1/pull', { checkpoint }));
    if (!text.includes('"t":"reset"'))
      findings.push({ what: 'wrong', text: `${device.name} went on from a checkpoint of ${whose}` });
  }
  return findings;
}

/** The same place in another history of words: what stands in it is changed, its seal is not. */
function madeUp(checkpoint: string): string {
  const [payload = '', seal = ''] = checkpoint.split('.');
  const place = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { s: string };
  const earlier = place.s.replace(/^\d+:\d+:.*$/, '3:3:');
  return `${Buffer.from(JSON.stringify({ ...place, s: earlier })).toString('base64url')}.${seal}`;
}

/** Work that others handed in. */
async function readFile(
  { name, person }: Device,
  { database, audience, files }: Grounds,
  ask: Ask,
): Promise<Finding[]> {
  const { rows } = await insist(() =>
    database.server.query<{ id: string; path: string }>(
      `select id, path from files where id = any($1) and owner_id <> $2 and bucket = 'assignment-submissions'
         and status = 'ready' and not is_deleted order by id`,
      [[...files.keys()], person.id],
    ),
  );
  const file = rows.find(({ id }) => !audience.couldSee(person.id, docKey('files', id)));
  if (!file) return [];
  const answer = await ask(`/storage/v1/object/sign/assignment-submissions/${file.path}`, { expiresIn: 60 });
  return answer.ok ? [{ what: 'leaked', text: `${name} may fetch the file ${file.id} of somebody else` }] : [];
}
