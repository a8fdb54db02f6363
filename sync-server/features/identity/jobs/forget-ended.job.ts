import { z } from 'zod';
import type { Pool } from '../../../db/sql.ts';
import { defineJob } from '../../../jobs/define-job.ts';
import { forgetRetiredKeys } from '../../../http/signing-keys.ts';
import { forgetOldAttempts } from '../lockout.ts';

/**
 * Removes what no rule reads any more: ended sessions with their tokens, used links, questions and wishes, keys whose tokens
 * have ended, old counts and stored answers.
 */
export const forgetEnded = defineJob({
  name: 'identity.forget-ended',
  payload: z.unknown(),
  schedule: '20 23 * * *',
  run: async (_, { server, clock }) => {
    const now = clock.now();
    await forgetOldAttempts(server, now);
    await forgetSessions(server, now);
    await forgetRetiredKeys(server);
    await server.query(`delete from mfa_challenges where expires_at < $1::timestamptz - interval '1 day'`, [now]);
    await server.query(`delete from email_changes where requested_at < $1::timestamptz - interval '30 days'`, [now]);
    await server.query(`delete from one_time_tokens where expires_at < $1::timestamptz - interval '30 days'`, [now]);
    // As long as held work may wait for its owner (workflows 0.3).
    await server.query(`delete from idempotency_keys where created_at < $1::timestamptz - interval '90 days'`, [now]);
  },
});

/**
 * A month after its end a session tells an operator nothing; its tokens go with it. Of live ones only old used tokens go. Where
 * accounts live elsewhere, the line is what keeps a session ended that may still stand there: it stays for a year.
 */
async function forgetSessions(server: Pool, now: Date): Promise<void> {
  await server.query(
    `delete from auth_sessions where coalesce(revoked_at, not_after) < $1::timestamptz 
       - case when exists (select from account_home) then interval '1 year' else interval '30 days' end`,
    [now],
  );
  // A parent's deletion would take its successors along, so they are cut off first. A token this old is refused as unknown.
  await server.query(
    `update refresh_tokens set parent_id = null
     where parent_id in (select id from refresh_tokens where used_at < $1::timestamptz - interval '60 days')`,
    [now],
  );
  await server.query(`delete from refresh_tokens where used_at < $1::timestamptz - interval '60 days'`, [now]);
}
