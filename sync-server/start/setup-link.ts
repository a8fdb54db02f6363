import type { Deps } from '../deps.ts';
import { mintSetupToken, setupHours } from '../features/identity/index.ts';

/** What an operator is told about an installation without any account; null once there is one. The link works once. */
export async function describeSetup(
  { server, clock }: Pick<Deps, 'server' | 'clock'>,
  url: string,
): Promise<string | null> {
  const token = await mintSetupToken(server, clock.now());
  if (!token) return null;
  // Behind the hash, so that no log of a proxy ever holds it.
  return `There is no account yet. Make the first superadmin within ${setupHours} hours: ${url.replace(/\/$/, '')}/#/set-up/${token}`;
}
