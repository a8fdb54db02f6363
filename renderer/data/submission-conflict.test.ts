import { describe, expect, it, vi } from 'vitest';
import { createFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { closeBehindEachTest, goOffline, opened } from '../testing/opened.ts';
import { refused } from '../testing/refused.ts';
import { assignmentId, idOf, submissionRow } from '../testing/rows.ts';
import { patient } from '../testing/soon.ts';
import { createTestDevice, testUserId } from '../testing/test-device.ts';
import { until } from './store.ts';
import { ConflictClosedError, type Replica } from './types.ts';

vi.setConfig(patient);

closeBehindEachTest();

const first = idOf(4, 1);
const second = idOf(4, 2);
const own = { student_id: testUserId };

/** As the server decides (workflows 3.17): an attempt on top of a decided one comes back. */
function decideAs(status: 'declined' | 'approved', server: FakeServer): void {
  server.judge = (op) => {
    const latest = server.rows.get(`submissions|${first}`);
    if (op.type !== 'submissions' || latest?.status !== status) return undefined;
    if (op.id === first) return refused(op, 'already_reviewed', latest);
    const based = op.set.based_on as { status?: string } | null;
    if (based?.status !== status) return refused(op, 'already_reviewed', null);
    return undefined;
  };
}

/** Online with one pending attempt; then cut, withdrawn and written anew, while the mentor decides. */
async function reviseWhile(status: 'declined' | 'approved'): Promise<{ server: FakeServer; replica: Replica }> {
  const server = createFakeServer([submissionRow(1, own)]);
  const device = createTestDevice({ server });
  const replica = opened(await device.openSynced());
  goOffline(server);
  await replica.writes.update('submissions', first, {
    withdraw_requested_at: '2026-11-22T10:00:00.000Z',
    status: 'withdrawn',
  });
  const {
    type: _type,
    v: _v,
    ...columns
  } = submissionRow(2, { ...own, content: 'my new text', based_on: { version: 1, status: 'withdrawn' } });
  await replica.writes.insert('submissions', columns);
  server.put({
    ...server.rows.get(`submissions|${first}`),
    type: 'submissions',
    id: first,
    v: idOf(9, 1),
    status,
    notes: 'please add sources',
  });
  decideAs(status, server);
  server.online = true;
  replica.syncNow();
  await until(replica.problems, (problems) => problems.length > 0);
  await until(replica.pending, (items) => items.length === 0);
  return { server, replica };
}

describe('a review and a revision that crossed (screens 3.3 a)', () => {
  it('is one conflict with both sides, and the row shows the server’s version meanwhile', async () => {
    const { replica } = await reviseWhile('declined');
    expect(replica.problems.get()).toHaveLength(1);
    const [problem] = replica.problems.get();
    expect(problem).toMatchObject({
      kind: 'conflict',
      code: 'already_reviewed',
      id: second,
      mine: { content: 'my new text' },
      theirs: { id: first, status: 'declined', notes: 'please add sources' },
    });
    expect(await replica.find('submissions')).toMatchObject([{ id: first, status: 'declined' }]);
    expect(replica.badge('submissions', first).get()).toBe('conflict');
    expect(replica.syncState.get().status).toBe('problem');
  });

  it('sending mine makes a new attempt on top of the decided one', async () => {
    const { server, replica } = await reviseWhile('declined');
    await replica.resolveConflict(replica.problems.get()[0]?.key ?? '', 'send_mine');
    await until(replica.syncState, ({ waiting, status }) => waiting === 0 && status === 'uptodate');
    const attempts = await replica.find('submissions', { assignment_id: assignmentId });
    expect(attempts).toHaveLength(2);
    const sent = server.taken.find(({ type, set }) => type === 'submissions' && set.content === 'my new text');
    expect(sent?.id).not.toBe(second);
    expect(sent?.set.based_on).toEqual({ version: 1, status: 'declined' });
    // Both refusals of the server are acknowledged with the one question they were.
    expect(server.taken.filter(({ type }) => type === 'sync_rejections')).toHaveLength(2);
  });

  it('keeping theirs puts mine among the drafts', async () => {
    const { replica } = await reviseWhile('declined');
    await replica.resolveConflict(replica.problems.get()[0]?.key ?? '', 'keep_theirs');
    expect(replica.problems.get()).toEqual([]);
    const kept = await replica.listDrafts(`kept/submissions/${assignmentId}`);
    expect(kept.map(({ value }) => (value as { content: string }).content)).toEqual(['my new text']);
  });

  it('sending is not offered once the attempt was approved: the problem stays, nothing is written', async () => {
    const { server, replica } = await reviseWhile('approved');
    const key = replica.problems.get()[0]?.key ?? '';
    await expect(replica.resolveConflict(key, 'send_mine')).rejects.toBeInstanceOf(ConflictClosedError);
    expect(replica.problems.get()).toHaveLength(1);
    expect(server.taken).toEqual([]);
  });
});
