import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { rounded } from '../statistics.ts';
import { headersOf, type Device } from './crowd.ts';
import type { ProcessorTime } from './processor-time.ts';

/** Requests per second that many devices at once get answered, with keep-alive connections, and what one of them costs. */
export type Throughput = Record<'pulls' | 'pushes', { per_s: number; each: ProcessorTime }>;

type Count = () => (pieces: number) => ProcessorTime;

/** Devices are spread over the processes; each asks again as soon as it has its answer. */
export async function measureThroughput(
  urls: readonly string[],
  crowd: readonly Device[],
  seconds: number,
  count: Count,
): Promise<Throughput> {
  const measured = async (next: Next) => {
    const stop = count();
    const { answered, per_s } = await rate(urls, crowd, seconds, next);
    return { per_s, each: stop(answered) };
  };
  const pulls = await measured((device) => ({
    path: '/sync/v1/pull',
    body: JSON.stringify({ checkpoint: device.checkpoint }),
    proof: '"t":"cp"',
  }));
  const pushes = await measured((device) => ({
    path: '/sync/v1/push',
    body: JSON.stringify({ ops: [visit(device)] }),
    proof: '"s":"ok"',
  }));
  return { pulls, pushes };
}

/** `proof`: what stands in the answer to a request that did what it should. */
type Next = (device: Device) => { path: string; body: string; proof: string };

const visit = ({ userId }: Device) => ({
  op: randomUUID(),
  type: 'user_activity_logs',
  id: randomUUID(),
  base: null,
  set: { user_id: userId, activity_type: 'page_visit', occurred_at: new Date().toISOString() },
  client_at: new Date().toISOString(),
});

async function rate(
  urls: readonly string[],
  crowd: readonly Device[],
  seconds: number,
  next: Next,
): Promise<{ answered: number; per_s: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const from = performance.now();
  const until = from + seconds * 1000;
  let answered = 0;
  await Promise.all(
    crowd.map(async (device, at) => {
      while (performance.now() < until) {
        const { path, body, proof } = next(device);
        const answer = await ask(agent, urls[at % urls.length]! + path, device, body);
        if (!answer.includes(proof)) throw new Error(`${path} answered ${answer.slice(0, 300)}`);
        answered += 1;
      }
    }),
  );
  agent.destroy();
  return { answered, per_s: rounded(answered / ((performance.now() - from) / 1000), 0) };
}

const ask = (agent: Agent, url: string, device: Device, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: headersOf(device) }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.once('end', () => resolve(answer));
    });
    call.once('error', reject);
    call.end(body);
  });
