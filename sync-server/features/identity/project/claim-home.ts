import { asServer } from '../../../db/as-actor.ts';
import type { Deps } from '../../../deps.ts';
import type { Project } from '../../../http/supabase-project.ts';

/**
 * Notes where the accounts of this database live. The first start with a Supabase project queues every account for it; any
 * start that would look for them somewhere else is refused, because nobody could sign in and their sessions would seem ended.
 */
export async function claimHome({ server }: Deps, project: Project | null): Promise<void> {
  await asServer(server, async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtext('account home'))");
    const { rows } = await tx.query<{ url: string }>('select url from account_home');
    const noted = rows[0]?.url ?? null;
    if (noted === (project?.url ?? null)) return;
    if (noted !== null)
      throw new Error(
        `The accounts of this database live at ${noted}: set SUPABASE_URL to it (docs/operations.md says how to move them).`,
      );
    await tx.query('insert into account_home (url) values ($1)', [project!.url]);
    await tx.query(
      `select graphile_worker.add_job('identity.settle-account', payload => json_build_object('user_id', id),
         job_key => 'identity.settle-account:' || id) from users where not is_deleted and erased_at is null`,
    );
    // Sessions of before were opened here, and nothing here can renew them.
    await tx.query('update auth_sessions set revoked_at = now() where revoked_at is null');
  });
}
