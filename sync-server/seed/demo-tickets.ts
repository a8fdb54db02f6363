import { ticketStories, type TicketStory } from './content/desk.ts';
import { later, type DemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import type { Random } from './random.ts';
import type { RowCollector } from './row-collector.ts';
import { seedId } from './seed-id.ts';

type Plan = { rows: RowCollector; random: Random; time: DemoTime };
type Asker = { id: string; full_name: string };

const answerHours = { urgent: 2, high: 4, medium: 24, low: 72 } as const;

/** Tickets in every state: three of the first student's, then one of every fourth; numbered in the order they came. */
export function addTickets(plan: Plan, students: readonly Asker[]): void {
  const told = students.flatMap((student, index): Ticket[] => {
    if (index === 0) return [0, 3, 6].map((story) => newTicket(plan, student, ticketStories[story]!));
    return index % 4 === 1 ? [newTicket(plan, student, ticketStories[index % ticketStories.length]!)] : [];
  });
  const last = new Map<string, number>();
  for (const ticket of told.toSorted((a, b) => a.openedAt.localeCompare(b.openedAt))) {
    const year = ticket.openedAt.slice(0, 4);
    const number = (last.get(year) ?? 0) + 1;
    last.set(year, number);
    addTicket(plan, ticket, `TKT-${year}-${String(number).padStart(6, '0')}`);
  }
  for (const [year, last_value] of last) plan.rows.add('number_counters', { scope: `ticket:${year}`, last_value });
}

type Ticket = { id: string; student: Asker; story: TicketStory; openedAt: string };

function newTicket({ random, time }: Plan, student: Asker, story: TicketStory): Ticket {
  // What nobody has answered is young, what is closed is old.
  const days = { open: [0, 1], in_progress: [1, 3], resolved: [2, 6], closed: [12, 40] } as const;
  const [from, until] = days[story.status];
  const openedAt = time.daysAgo(from + (until - from) * random.next() + 0.05);
  return { id: seedId('ticket', student.id, story.title), student, story, openedAt };
}

function addTicket(plan: Plan, { id, student, story, openedAt }: Ticket, ticket_number: string): void {
  const { rows } = plan;
  const at = (step: number) => later(openedAt, { hours: (step + 1) * 1.5 });
  const first = story.talk.findIndex(([by]) => by === 'team');
  const end = at(story.talk.length);
  const isDone = story.status === 'resolved' || story.status === 'closed';
  rows.add('support_tickets', {
    id,
    student_id: student.id,
    created_by: student.id,
    ticket_number,
    title: story.title,
    description: story.description,
    category: story.category,
    priority: story.priority,
    status: story.status,
    assigned_to: story.status === 'open' ? null : mainPeople.dua.id,
    first_response_at: first < 0 ? null : at(first),
    response_due_at: later(openedAt, { hours: answerHours[story.priority] }),
    resolved_at: isDone ? end : null,
    closed_at: story.status === 'closed' ? later(end, { days: 7 }) : null,
    created_at: openedAt,
  });
  story.talk.forEach(([by, message], step) => {
    const author = by === 'student' ? { ...student, role: 'student' } : mainPeople.dua;
    rows.add('support_ticket_replies', {
      id: seedId('reply', id, String(step)),
      ticket_id: id,
      user_id: author.id,
      author_name: author.full_name,
      author_role: author.role,
      message,
      is_internal: by === 'internal',
      created_at: at(step),
    });
  });
}
