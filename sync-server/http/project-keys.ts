import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet } from 'jose';
import type { Project } from './supabase-project.ts';
import { projectIsAway } from './supabase-project.ts';
import type { SigningKeys } from './signing-keys.ts';

/** How long a list of keys is taken as it is, and how soon a token with an unknown key may have it read again. */
const freshMs = 600_000;
const unknownKeyMs = 10_000;
/** Never a shared secret: whoever could check a token could then also make one. */
const algorithms = ['ES256', 'RS256', 'EdDSA'];

type Loaded = { list: JSONWebKeySet; find: ReturnType<typeof createLocalJWKSet>; at: number };

/**
 * The keys of a Supabase project, by its published list. A list that cannot be read anew goes on being used, so that nobody is
 * signed out while the project is away; without any, a token can be neither taken nor refused: UNAVAILABLE.
 */
export function createProjectKeys(project: Project): SigningKeys {
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;

  const load = async (maxAgeMs: number): Promise<Loaded> => {
    if (loaded && performance.now() - loaded.at < maxAgeMs) return loaded;
    loading ??= readList(project).finally(() => (loading = null));
    try {
      loaded = await loading;
    } catch (error) {
      if (!loaded) throw error;
      // Asked again in a while, not for every token.
      loaded = { ...loaded, at: performance.now() - freshMs + unknownKeyMs };
    }
    return loaded;
  };

  return {
    accepts: { issuer: project.issuer, algorithms },
    async find(header) {
      const known = await load(freshMs);
      return findIn(known, header).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return findIn(await load(unknownKeyMs), header);
      });
    },
    current: () => Promise.reject(new Error('the project signs its tokens itself')),
    jwks: async () => ({ keys: (await load(freshMs)).list.keys }),
  };
}

const findIn = async ({ find }: Loaded, header: Parameters<Loaded['find']>[0]): Promise<CryptoKey> => find(header);

async function readList(project: Project): Promise<Loaded> {
  const answer = await project.ask('/auth/v1/.well-known/jwks.json', { anonymous: true });
  const list = (await answer.json().catch(() => null)) as JSONWebKeySet | null;
  if (!answer.ok || !Array.isArray(list?.keys)) throw projectIsAway(new Error(`no key list: ${answer.status}`));
  const keys = list.keys.filter(({ kty, d }) => kty !== 'oct' && d === undefined);
  return { list: { keys }, find: createLocalJWKSet({ keys }), at: performance.now() };
}
