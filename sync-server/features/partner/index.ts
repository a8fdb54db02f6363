import type { FastifyInstance } from 'fastify';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import { readPartnerConversation, resetPartnerCredits, successPartnerCredits } from './credits.ts';
import { sweepQuestions } from './sweep-questions.job.ts';

/** The Success Partner's credits. */
export const partner = {
  name: 'partner',
  jobs: [sweepQuestions],
  routes: (app: FastifyInstance, deps: Deps): void => {
    addCommand(app, deps, successPartnerCredits);
    addCommand(app, deps, resetPartnerCredits);
    addCommand(app, deps, readPartnerConversation);
  },
} satisfies Feature;
