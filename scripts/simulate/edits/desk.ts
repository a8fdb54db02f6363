import { directKey, inboxKey } from '#contract/rules/messages.ts';
import { me, note, pickFile, team, word, anyOf, type Edit, type Scene } from './scene.ts';

const isStudent = ({ device }: Scene): boolean => device.person.role === 'student';

async function openTicket(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const student = isStudent(scene) ? me(scene) : (await anyOf(scene, 'students'))?.id;
  if (!student) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'ticket');
  const file_ids = await pickFile(scene, 0.2, {
    bucket: 'attachments',
    linked_table: 'support_tickets',
    linked_id: id,
  });
  await replica.writes.insert('support_tickets', {
    id,
    student_id: student,
    created_by: me(scene),
    title: 'It does not open',
    description: text,
    file_ids,
    category: dice.pick(['technical', 'billing', 'other'] as const),
    priority: dice.pick(['low', 'urgent'] as const),
    follows_ticket_id: null,
  });
  return note(scene, { table: 'support_tickets', id, column: 'description', care: 'newest', text });
}

async function changeTicket(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const there = await anyOf(scene, 'support_tickets', ({ student_id }) => student_id === me(scene));
  if (!there) return false;
  const at = replica.stamp().toISOString();
  if (dice.chance(0.3)) {
    await replica.writes.update('support_tickets', there.id, { resolve_requested_at: at });
    return true;
  }
  if (dice.chance(0.3)) {
    await replica.writes.update('support_tickets', there.id, { reopen_requested_at: at });
    return true;
  }
  return rewriteTicket(scene, there.id);
}

/** Says in other words what the ticket is about, as long as nobody has answered. */
export async function rewriteTicket(scene: Scene, id: string): Promise<boolean> {
  const text = word(scene, 'ticket');
  await scene.replica.writes.update('support_tickets', id, { description: text });
  return note(scene, { table: 'support_tickets', id, column: 'description', care: 'newest', text });
}

async function reply(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const ticket = await anyOf(scene, 'support_tickets', ({ status }) => status !== 'closed');
  if (!ticket) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'ticket');
  const file_ids = await pickFile(scene, 0.2, {
    bucket: 'attachments',
    linked_table: 'support_ticket_replies',
    linked_id: id,
    subject_id: ticket.id,
  });
  await replica.writes.insert('support_ticket_replies', {
    id,
    ticket_id: ticket.id,
    user_id: me(scene),
    message: text,
    is_internal: !isStudent(scene) && dice.chance(0.4),
    file_ids,
  });
  return note(scene, { table: 'support_ticket_replies', id, column: 'message', care: 'fact', text });
}

async function openThread(scene: Scene): Promise<boolean> {
  const { replica, dice } = scene;
  const kind = dice.pick(['direct', 'staff_inbox'] as const);
  const student = isStudent(scene) ? me(scene) : (await anyOf(scene, 'students'))?.id;
  const other = (await anyOf(scene, 'users', ({ id }) => id !== me(scene)))?.id;
  const member_key = kind === 'direct' ? other && directKey(me(scene), other) : student && inboxKey(student);
  if (!member_key || (await replica.find('message_threads', { member_key })).length > 0) return false;
  await replica.writes.insert('message_threads', {
    kind,
    member_key,
    subject: null,
    student_id: kind === 'direct' ? null : student!,
    created_by: me(scene),
  });
  return true;
}

async function say(scene: Scene): Promise<boolean> {
  const { replica } = scene;
  const thread = await anyOf(scene, 'message_threads', ({ closed_at }) => !closed_at);
  if (!thread) return false;
  const id = crypto.randomUUID();
  const text = word(scene, 'message');
  const file_ids = await pickFile(scene, 0.2, {
    bucket: 'attachments',
    linked_table: 'messages',
    linked_id: id,
    subject_id: thread.id,
  });
  await replica.writes.insert('messages', {
    id,
    user_id: me(scene),
    thread_id: thread.id,
    content: text,
    file_ids,
    reply_to_id: null,
  });
  return note(scene, { table: 'messages', id, column: 'content', care: 'fact', text });
}

/** `id`: this conversation, and how far it was read. */
export async function read(scene: Scene, id?: string): Promise<boolean> {
  const { replica, dice } = scene;
  const thread = await anyOf(scene, 'message_threads', (row) => id === undefined || row.id === id);
  if (!thread) return false;
  const [own] = await replica.find('thread_members', { thread_id: thread.id, user_id: me(scene) });
  const howFar = { last_read_at: replica.stamp().toISOString(), marked_unread: false };
  const row = id ? howFar : dice.pick([howFar, { muted: dice.chance(0.5) }, { marked_unread: true }]);
  if (own) await replica.writes.update('thread_members', own.id, row);
  else if (thread.kind === 'staff_inbox')
    await replica.writes.insert('thread_members', {
      thread_id: thread.id,
      user_id: me(scene),
      hidden_ids: [],
      last_read_at: null,
      muted: false,
      marked_unread: false,
      ...row,
    });
  else return false;
  return true;
}

const keepers = ['mentor', 'admin', 'superadmin'] as const;

/** Whoever works with students keeps answers that they give often. */
export async function saveReply(scene: Scene): Promise<boolean> {
  if (!keepers.some((role) => role === scene.device.person.role)) return false;
  const text = word(scene, 'saved');
  const id = await scene.replica.writes.insert('saved_replies', {
    owner_id: me(scene),
    kind: 'review',
    title: 'Often',
    body: text,
  });
  return note(scene, { table: 'saved_replies', id, column: 'body', care: 'newest', text });
}

async function changeReply(scene: Scene): Promise<boolean> {
  const there = await anyOf(scene, 'saved_replies', ({ owner_id }) => owner_id === me(scene));
  if (!there) return false;
  const text = word(scene, 'saved');
  await scene.replica.writes.update('saved_replies', there.id, { body: text });
  return note(scene, { table: 'saved_replies', id: there.id, column: 'body', care: 'newest', text });
}

/** Any reply of one's own, or the one of an id. */
export async function dropReply(scene: Scene, reply?: string): Promise<boolean> {
  const there = await anyOf(
    scene,
    'saved_replies',
    ({ id, owner_id }) => owner_id === me(scene) && (reply === undefined || id === reply),
  );
  if (!there) return false;
  await scene.replica.writes.remove('saved_replies', there.id);
  scene.ledger.drop('saved_replies', there.id, there.body);
  return true;
}

/** Tickets, conversations and what helps to answer them. */
export const deskEdits: readonly Edit[] = [
  { table: 'support_tickets', verb: 'insert', weight: 2, make: openTicket },
  { table: 'support_tickets', verb: 'update', roles: ['student'], weight: 2, make: changeTicket },
  { table: 'support_ticket_replies', verb: 'insert', weight: 3, make: reply },
  { table: 'message_threads', verb: 'insert', weight: 2, make: openThread },
  { table: 'messages', verb: 'insert', weight: 3, make: say },
  { table: 'thread_members', verb: 'update', weight: 2, make: (scene) => read(scene) },
  { table: 'thread_members', verb: 'insert', roles: team, make: (scene) => read(scene) },
  { table: 'saved_replies', verb: 'insert', roles: keepers, weight: 2, make: saveReply },
  { table: 'saved_replies', verb: 'update', roles: keepers, weight: 2, make: changeReply },
  { table: 'saved_replies', verb: 'delete', roles: keepers, weight: 2, make: (scene) => dropReply(scene) },
];
