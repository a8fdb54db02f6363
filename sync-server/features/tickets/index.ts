import type { FastifyInstance } from 'fastify';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { assignTicket, setTicketPriority, setTicketStatus } from './commands.ts';
import { keepTickets } from './housekeeping.job.ts';
import { supportTicketRepliesSync } from './support-ticket-replies.sync.ts';
import { supportTicketsSync } from './support-tickets.sync.ts';

/** Questions to the team. */
export const tickets = {
  name: 'tickets',
  jobs: [keepTickets],
  routes: (app: FastifyInstance, deps: Deps): void => {
    addCommand(app, deps, assignTicket);
    addCommand(app, deps, setTicketStatus);
    addCommand(app, deps, setTicketPriority);
  },
} satisfies Feature;

export const ticketsSyncs: SyncDefinition[] = [supportTicketsSync, supportTicketRepliesSync];
