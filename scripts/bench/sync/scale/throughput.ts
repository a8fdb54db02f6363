import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { rounded } from '../statistics.ts';
import { headersOf, type Device } from './crowd.ts';

/** Requests per second that many devices at once get answered, with keep-alive connections. */
export type Throughput = { pulls_per_s: number; pushes_per_s: number };

/** Devices are spread over the processes; each asks again as soon as it has its answer. */
export async function measureThroughput(
  urls: readonly string[],
  crowd: readonly Device[],
  seconds: number,
): Promise<Throughput> {
  const pulls = await rate(urls, crowd, seconds, (device) => ({
    path: '/sync/v1/pull',
    body: JSON.stringify({ checkpoint: device.checkpoint }),
  }));
  const pushes = await rate(urls, crowd, seconds, () => ({
    path: '/sync/v1/push',
    body: JSON.stringify({ ops: [visit()] }),
  }));
  return { pulls_per_s: pulls, pushes_per_s: pushes };
}

const visit = () => ({
  op: randomUUID(),
  type: 'error_logs',
  id: randomUUID(),
  base: null,
  set: { message: 'measured' },
  client_at: new Date().toISOString(),
});

async function rate(
  urls: readonly string[],
  crowd: readonly Device[],
  seconds: number,
  next: (device: Device) => { path: string; body: string },
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const from = performance.now();
  const until = from + seconds * 1000;
  let answered = 0;
  await Promise.all(
    crowd.map(async (device, at) => {
      while (performance.now() < until) {
        const { path, body } = next(device);
        await ask(agent, urls[at % urls.length]! + path, device, body);
        answered += 1;
      }
    }),
  );
  agent.destroy();
  return rounded(answered / ((performance.now() - from) / 1000), 0);
}

const ask = (agent: Agent, url: string, device: Device, body: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers: headersOf(device) }, (response) => {
      response.resume();
      if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}`));
      response.once('end', resolve);
    });
    call.once('error', reject);
    call.end(body);
  });
