import { z } from 'zod';
import { asServer } from '../../../db/as-actor.ts';
import { defineJob } from '../../../jobs/define-job.ts';
import { projectOf } from '../../../http/supabase-project.ts';
import { keepAtProject, nullIfUnknown } from './project-accounts.ts';
import { tell } from './project-answers.ts';

/**
 * Tells the Supabase project what became of a person here: a new account, another address, a ban, an end. Queued by the trigger
 * on `users` (db/declared/account_home.sql), whoever writes; tried again while the project is away.
 */
export const settleAccount = defineJob({
  name: 'identity.settle-account',
  payload: z.object({ user_id: z.uuid() }),
  run: async ({ user_id }, { config, server }) => {
    const project = projectOf(config);
    if (project) await asServer(server, (tx) => keepAtProject(project, tx, user_id));
  },
});

/** Takes a factor away at the project that was taken away here. */
export const dropFactor = defineJob({
  name: 'identity.drop-factor',
  payload: z.object({ user_id: z.uuid(), factor_id: z.uuid() }),
  run: async ({ user_id, factor_id }, { config }) => {
    const path = `/admin/users/${user_id}/factors/${factor_id}`;
    await (projectOf(config) && tell(projectOf(config)!, path, { method: 'DELETE' }).catch(nullIfUnknown));
  },
});
