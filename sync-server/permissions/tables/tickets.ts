import type { Role } from '#contract/roles.ts';
import { permissions, without, type Dependency } from '../view.ts';

const ticketColumns = [
  'student_id',
  'created_by',
  'ticket_number',
  'title',
  'description',
  'file_ids',
  'category',
  'priority',
  'status',
  'assigned_to',
  'follows_ticket_id',
  'first_response_at',
  'resolved_at',
  'closed_at',
  'response_due_at',
  'breached_at',
  'resolve_requested_at',
  'reopen_requested_at',
] as const;
/** Who works on it and how late it is, the team knows. */
const forStudent = without(ticketColumns, 'assigned_to', 'response_due_at', 'breached_at');
/** Beside admins, who see every ticket: those of the team who opened it or are assigned to it. */
const helpers: Role[] = ['mentor', 'enrollment_manager'];

const asked = [
  'id',
  'student_id',
  'created_by',
  'title',
  'description',
  'file_ids',
  'category',
  'priority',
  'follows_ticket_id',
] as const;
const fresh = "t.created_by = auth.uid() and t.status = 'open' and t.ticket_number is null and t.assigned_to is null";

/** Whoever leaves the team no longer reads as one of it. */
const withTeam = (rows: string): Dependency => ({ on: 'users', columns: ['role'], rows });

export const support_tickets = permissions('support_tickets', {
  read: [
    { scope: 'u', key: 't.student_id', rank: 9, columns: forStudent, roles: ['student'] },
    { scope: 'u', key: 't.created_by', when: 'sync_is_team(t.created_by)', columns: ticketColumns, roles: helpers },
    { scope: 'u', key: 't.assigned_to', when: 'sync_is_team(t.assigned_to)', columns: ticketColumns, roles: helpers },
    { scope: 'staff', columns: ticketColumns },
  ],
  dependsOn: [withTeam('select id from support_tickets where created_by = any($moved) or assigned_to = any($moved)')],
  write: [
    // Number, status, assignment and times are the server's.
    { verb: 'insert', roles: ['student'], columns: asked, result: `${fresh} and t.student_id = auth.uid()` },
    {
      verb: 'insert',
      roles: ['mentor'],
      columns: asked,
      result: `${fresh} and t.student_id in (select sync_held('sm'))`,
    },
    {
      verb: 'insert',
      roles: ['enrollment_manager'],
      columns: asked,
      result: `${fresh} and t.student_id in (select sync_held('es'))`,
    },
    { verb: 'insert', roles: ['admin', 'superadmin'], columns: asked, result: fresh },
    {
      verb: 'update',
      roles: ['student'],
      columns: ['title', 'description', 'resolve_requested_at', 'reopen_requested_at'],
      rows: "t.student_id = auth.uid() and t.status <> 'closed' and not t.is_deleted",
      result: 't.student_id = auth.uid()',
    },
  ],
  commands: [
    { name: 'assign-ticket', verb: 'update', roles: ['mentor', 'enrollment_manager', 'admin', 'superadmin'] },
    { name: 'set-ticket-status', verb: 'update', roles: ['admin', 'superadmin'] },
    { name: 'set-ticket-priority', verb: 'update', roles: ['admin', 'superadmin'] },
  ],
});

const replyColumns = [
  'ticket_id',
  'user_id',
  'message',
  'author_name',
  'author_role',
  'is_internal',
  'file_ids',
] as const;
const written = ['id', 'ticket_id', 'user_id', 'message', 'is_internal', 'file_ids'] as const;
/** Asked as the person: who reads the ticket may answer. */
const readable = `t.user_id = auth.uid() and t.author_name = '' and t.ticket_id in (
    select h.id from support_tickets h where h.status <> 'closed')`;

export const support_ticket_replies = permissions('support_ticket_replies', {
  read: [
    {
      scope: 'u',
      key: 'sync_student_of_ticket(t.ticket_id)',
      when: 'not t.is_internal',
      rank: 9,
      columns: replyColumns,
      roles: ['student'],
    },
    { scope: 'u', key: 'sync_opener_of_ticket(t.ticket_id)', columns: replyColumns, roles: helpers },
    { scope: 'u', key: 'sync_assignee_of_ticket(t.ticket_id)', columns: replyColumns, roles: helpers },
    { scope: 'staff', when: 'sync_student_of_ticket(t.ticket_id) is not null', columns: replyColumns },
  ],
  dependsOn: [
    {
      on: 'support_tickets',
      columns: ['student_id', 'created_by', 'assigned_to', 'is_deleted'],
      rows: 'select id from support_ticket_replies where ticket_id = any($moved)',
    },
    withTeam(`select r.id from support_ticket_replies r join support_tickets t on t.id = r.ticket_id
      where t.created_by = any($moved) or t.assigned_to = any($moved)`),
  ],
  write: [
    { verb: 'insert', roles: ['student'], columns: written, result: `${readable} and not t.is_internal` },
    { verb: 'insert', roles: [...helpers, 'admin', 'superadmin'], columns: written, result: readable },
  ],
  // The note that says why.
  commands: [{ name: 'set-ticket-status', verb: 'insert', roles: ['admin', 'superadmin'] }],
});
