import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';

/** Where the bucket is and who may use it. */
export type S3Settings = {
  /** Address of the service; the bucket is the first part of every path. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
};

type Question = {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Statuses that are answers; any other is an error. */
  expect: readonly number[];
};

/** One signed request to the bucket (`key` empty: to the bucket itself). Rejects with what went wrong, never with a secret. */
export type Ask = (method: string, key: string, question: Question) => Promise<Response>;

/** Until the first byte of the answer; bodies may take as long as they flow. */
const patienceMs = 30_000;
const tries = 4;
/** S3 says so when it is busy, and means that the same request may be sent again. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** Signs with SigV4, the hash of the body included, and sends again what failed for a moment. */
export function s3Client({ endpoint, region, bucket, accessKeyId, secretAccessKey }: S3Settings): Ask {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const base = `${endpoint.replace(/\/+$/, '')}/${bucket}`;

  const send = async (method: string, key: string, { query = {}, headers = {}, body }: Question): Promise<Response> => {
    const path = key === '' ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`;
    const search = new URLSearchParams(query).toString();
    const signed = await client.sign(`${base}${path}${search ? `?${search}` : ''}`, {
      method,
      headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? Buffer.alloc(0)) },
      ...(body ? { body: body as Buffer<ArrayBuffer> } : {}),
    });
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error('S3 did not answer in time')), patienceMs);
    try {
      return await fetch(signed, { signal: patience.signal });
    } finally {
      clearTimeout(timer);
    }
  };

  return async (method, key, question) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await send(method, key, question).catch((cause: unknown) => {
        if (attempt === tries) throw new Error(`S3 cannot be reached for ${method}`, { cause });
        return null;
      });
      if (answer && question.expect.includes(answer.status)) return answer;
      const text = (await answer?.text()) ?? '';
      if (answer && (!passing.has(answer.status) || attempt === tries))
        throw new Error(`S3 answered ${answer.status} to ${method}: ${/<Code>(\w+)/.exec(text)?.[1] ?? 'no code'}`);
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * (0.5 + Math.random())));
    }
  };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
