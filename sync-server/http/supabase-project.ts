import type { Config } from '../config.ts';
import { AppError } from './errors.ts';

/** The Supabase project that keeps accounts and files in place of this server (`SUPABASE_URL`). */
export type Project = {
  /** Without a slash at its end. */
  url: string;
  /** Whom its tokens name as their issuer. */
  issuer: string;
  /** Private bucket for our files. */
  bucket: string;
  recheckMs: number;
  /**
   * Asks the project and answers what it says, refusals (4xx) too. Throws UNAVAILABLE when it gives no answer, fails, is busy, or
   * something that is no part of it answers in its place: none of that says anything about a session.
   */
  ask(path: string, asked?: Asked): Promise<Response>;
};

export type Asked = {
  method?: string;
  /** Sent as JSON, unless it is a blob. */
  body?: object | Blob;
  headers?: Record<string, string>;
  /** Token of the person who asks; left out: the server itself asks, with the project's key. */
  token?: string;
  /** Nobody is signed in yet: the project's key says which project is meant and nothing more. */
  anonymous?: boolean;
  /** Where the request came from, for the project's own limits per address. */
  address?: string;
  timeoutMs?: number;
};

type ProjectConfig = Pick<
  Config,
  'SUPABASE_URL' | 'SUPABASE_SERVICE_KEY' | 'SUPABASE_ISSUER' | 'SUPABASE_BUCKET' | 'SUPABASE_RECHECK_SECONDS'
>;

const answerMs = 10_000;

/** The project the configuration names, null when accounts and files are this server's own. */
export function projectOf(config: Partial<ProjectConfig>): Project | null {
  const { SUPABASE_URL, SUPABASE_SERVICE_KEY: key } = config;
  // Half a configuration never passes `readConfig`.
  if (!SUPABASE_URL || !key) return null;
  const url = SUPABASE_URL.replace(/\/+$/, '');
  return {
    url,
    issuer: config.SUPABASE_ISSUER ?? `${url}/auth/v1`,
    bucket: config.SUPABASE_BUCKET ?? 'growth-os',
    recheckMs: (config.SUPABASE_RECHECK_SECONDS ?? 30) * 1000,
    async ask(path, asked = {}) {
      const answer = await fetch(url + path, requestOf(key, asked)).catch((cause: unknown) => {
        throw projectIsAway(cause);
      });
      if (answer.status < 500 && answer.status !== 429) return answer;
      await answer.body?.cancel();
      throw projectIsAway(new Error(`${path} answered ${answer.status}`), Number(answer.headers.get('retry-after')));
    },
  };
}

function requestOf(key: string, { method, body, headers, token, anonymous, address, timeoutMs }: Asked): RequestInit {
  const isBlob = body instanceof Blob;
  return {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: {
      apikey: key,
      ...(anonymous ? {} : { authorization: `Bearer ${token ?? key}` }),
      ...(body && !isBlob ? { 'content-type': 'application/json' } : {}),
      ...(address ? { 'sb-forwarded-for': address } : {}),
      ...headers,
    },
    ...(body ? { body: isBlob ? body : JSON.stringify(body) } : {}),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs ?? answerMs),
  };
}

/** Sign-in and files are elsewhere and cannot be reached: the caller tries again, and nobody is signed out by it. */
export const projectIsAway = (cause: unknown, retryAfter = 0): AppError =>
  new AppError('UNAVAILABLE', {
    message: 'The service that keeps accounts and files does not answer at the moment. Try again.',
    retryAfter: retryAfter > 0 ? Math.min(retryAfter, 300) : 5,
    cause,
  });
