import type { Deps } from './deps.ts';
import { prepareBucket } from './features/files/index.ts';
import { claimHome } from './features/identity/index.ts';
import { AppError } from './http/errors.ts';
import { projectOf } from './http/supabase-project.ts';

/**
 * Before the first request: where accounts and files live, and that nothing speaks against it. A wrong key or a public bucket is
 * said now; a project that is only away at the moment keeps nobody from starting.
 */
export async function settleHome(deps: Deps): Promise<void> {
  const project = projectOf(deps.config);
  await claimHome(deps, project);
  if (!project) return;
  try {
    await prepareBucket(project);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps.log.warn({ err: error.cause }, 'the Supabase project does not answer');
  }
}
