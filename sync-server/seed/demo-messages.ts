import { directKey, inboxKey, threadId } from '#contract/rules/messages.ts';
import { broadcast, inboxTalks, partnerTalk, savedTexts, talks } from './content/desk.ts';
import { later, type DemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Plan = { rows: RowCollector; random: Random; time: DemoTime };
type Person = { id: string; full_name: string };
export type Mentored = Person & { mentor: Person };

type Thread = {
  kind: 'direct' | 'staff_inbox' | 'broadcast';
  member_key: string;
  subject?: string;
  student_id?: string;
};
type Said = { by: Person; content: string };

/** Conversations of every third student with the mentor, a few with the team, one broadcast, saved texts and partner talk. */
export function addMessages(plan: Plan, students: readonly Mentored[]): void {
  students.forEach((student, index) => {
    if (index % 3 === 0) addDirect(plan, student, talks[(index / 3) % talks.length]!);
    if (index % 7 === 0) addInbox(plan, student, inboxTalks[(index / 7) % inboxTalks.length]!);
  });
  addBroadcast(plan, students.slice(0, 25));
  for (const owner of [mainPeople.bilal, mainPeople.dua])
    for (const [index, text] of savedTexts.entries())
      plan.rows.add('saved_replies', { id: seedId('saved', owner.id, String(index)), owner_id: owner.id, ...text });
  addPartnerTalk(plan, students[0]!);
}

function addDirect(plan: Plan, student: Mentored, lines: readonly string[]): void {
  const thread = { kind: 'direct', member_key: directKey(student.id, student.mentor.id) } as const;
  addThread(plan, thread, [student, student.mentor], inTurn(student, student.mentor, lines));
}

function addInbox(plan: Plan, student: Person, lines: readonly string[]): void {
  const thread = { kind: 'staff_inbox', member_key: inboxKey(student.id), student_id: student.id } as const;
  addThread(plan, thread, [student, mainPeople.dua], inTurn(student, mainPeople.dua, lines));
}

function addBroadcast(plan: Plan, to: readonly Person[]): void {
  const thread = {
    kind: 'broadcast',
    member_key: `broadcast:${seedId('broadcast')}`,
    subject: broadcast.subject,
  } as const;
  addThread(plan, thread, [mainPeople.dua, ...to], [{ by: mainPeople.dua, content: broadcast.content }]);
}

const inTurn = (first: Person, second: Person, lines: readonly string[]): Said[] =>
  lines.map((content, index) => ({ by: index % 2 === 0 ? first : second, content }));

/** Everybody has read what came before their own last word; the last one is unread to the others. */
function addThread(
  { rows, random, time }: Plan,
  thread: Thread,
  people: readonly Person[],
  said: readonly Said[],
): void {
  const id = threadId(thread.member_key);
  const startedAt = time.daysAgo(random.between(1, 12) + random.next());
  const at = (index: number) => later(startedAt, { hours: index * 2 });
  const lastAt = at(said.length - 1);
  rows.add('message_threads', {
    id,
    subject: null,
    student_id: null,
    ...thread,
    created_by: said[0]!.by.id,
    last_message_at: lastAt,
    created_at: startedAt,
  });
  for (const person of people) {
    const own = said.findLastIndex(({ by }) => by.id === person.id);
    rows.add('thread_members', {
      thread_id: id,
      user_id: person.id,
      unread_count: said.slice(own + 1).length,
      last_read_at: own < 0 ? null : at(own),
      created_at: startedAt,
    });
  }
  said.forEach(({ by, content }, index) =>
    rows.add('messages', {
      id: seedId('message', id, String(index)),
      thread_id: id,
      user_id: by.id,
      author_name: by.full_name,
      content,
      status: index < said.length - 1 ? 'read' : 'sent',
      sent_at: at(index),
      created_at: at(index),
    }),
  );
}

/** What one student asked yesterday and today, with the credits and the ledger to it. */
function addPartnerTalk({ rows, time }: Plan, { id: student_id }: Person): void {
  const conversation_id = seedId('partner conversation', student_id);
  partnerTalk.forEach(([question, answer], index) => {
    const sent_at = time.daysAgo(partnerTalk.length - 1 - index);
    const date = sent_at.slice(0, 10);
    const asked = seedId('question', student_id, String(index));
    const shared = { student_id, conversation_id, date, status: 'answered' };
    rows.add('success_partner_messages', {
      id: asked,
      role: 'user',
      content: question,
      sent_at,
      reply_to_id: null,
      ...shared,
    });
    rows.add('success_partner_messages', {
      id: seedId('answer', asked),
      role: 'assistant',
      content: answer,
      sent_at: later(sent_at, { hours: 0.002 }),
      reply_to_id: asked,
      ...shared,
    });
    rows.add('success_partner_credits', { student_id, date, credits_used: 1 });
    rows.add('success_partner_ledger', {
      id: seedId('spend', asked),
      student_id,
      message_id: asked,
      kind: 'spend',
      date,
      delta: 1,
      created_at: sent_at,
    });
  });
}
