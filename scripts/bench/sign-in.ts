import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { password, startAcademy, type Academy } from '../../electron/e2e/support/academy.ts';
import type { Bench } from '../bench.ts';

/** A right sign-in while strangers flood the door, and how far known and unknown addresses may lie apart (milliseconds). */
const limits = { p95_ms: 1000, difference_ms: 5 };

const attempts = 10_000;
/** Attempts under way at any moment. */
const width = 100;
/** Accounts that are guessed at, and as many addresses that nobody has. */
const targets = 400;
/** People who signed in before the flood, and people who come for the first time during it. */
const regulars = 20;
const newcomers = 20;

/**
 * Floods a real server with wrong sign-ins while right ones go on. `p95_ms` is that of all right ones, `known_ms` and
 * `unknown_ms` are medians of refusals at addresses that exist and that do not, tried alike.
 */
export const benchSignIn: Bench = async ({ tell }) => {
  const academy = await startAcademy({ env: { WEB_DIR: 'none' } });
  try {
    await addPeople(academy);
    const early = await inTurn(names('regular', regulars), (email) => knock(academy.url, email, password));
    if (early.some(({ status }) => status !== 200)) throw new Error('a regular could not sign in before the flood');
    tell(`${regulars} regulars are known; ${attempts} attempts begin`);
    const flood = startFlood(academy.url, tell);
    const right = await signInMeanwhile(academy.url, flood.ended);
    const refused = await flood.ended;
    const times = (kind: Kind) => refused.filter((answer) => answer.kind === kind).map(({ ms }) => ms);
    const known = quantile(times('known'), 0.5);
    const unknown = quantile(times('unknown'), 0.5);
    // One that was turned away counts as a minute.
    const served = right.map(({ ms, status }) => (status === 200 ? ms : 60_000));
    const p95 = quantile(served, 0.95);
    const failed = right.filter(({ status }) => status !== 200).length;
    return {
      p95_ms: round(p95),
      known_ms: round(known),
      unknown_ms: round(unknown),
      difference_ms: round(Math.abs(known - unknown)),
      limits,
      ok: p95 < limits.p95_ms && Math.abs(known - unknown) < limits.difference_ms,
      attempts: refused.length,
      seconds: Math.round(flood.seconds()),
      right: {
        count: right.length,
        failed,
        p50_ms: round(quantile(served, 0.5)),
      },
      statuses: countBy(refused.map(({ kind, status }) => `${kind} ${status}`)),
    };
  } finally {
    await academy.stop();
  }
};

type Kind = 'known' | 'unknown';
type Answer = { ms: number; status: number };

const names = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${kind}-${at}@bench.test`);

/** All have one password, hashed at the price of the product. */
async function addPeople({ query }: Academy): Promise<void> {
  const stored = await hash(password, { memoryCost: 65_536, timeCost: 3, parallelism: 1 });
  await query(
    `with person as (
       insert into users (email, full_name, role, is_temp_password)
       select email, 'Somebody', 'admin', false from unnest($1::text[]) as email returning id)
     insert into user_credentials (user_id, password_hash) select id, $2 from person`,
    [[...names('known', targets), ...names('regular', regulars), ...names('newcomer', newcomers)], stored],
  );
}

/** Wrong attempts in a fixed mixed order, `width` at a time. */
function startFlood(url: string, tell: (line: string) => void) {
  const from = performance.now();
  const answers: (Answer & { kind: Kind })[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < attempts; at = next++) {
      const kind = at % 2 === 0 ? 'known' : 'unknown';
      const target = (Math.floor(at / 2) * 7919) % targets;
      const answer = await knock(url, `${kind}-${target}@bench.test`, `wrong ${at}`);
      answers.push({ ...answer, kind });
      if (answers.length % 1000 === 0) tell(`${answers.length} attempts answered`);
    }
  };
  const ended = Promise.all(Array.from({ length: width }, worker)).then(() => answers);
  let took = 0;
  void ended.then(() => (took = (performance.now() - from) / 1000));
  return { ended, seconds: () => took };
}

/** One right sign-in after another until the flood ends, by people the server knows and people it does not, in turn. */
async function signInMeanwhile(url: string, flood: Promise<unknown>): Promise<Answer[]> {
  let over = false;
  void flood.then(() => (over = true));
  const people = names('regular', regulars).flatMap((email, at) => [email, names('newcomer', newcomers)[at]!]);
  const answers: Answer[] = [];
  for (let at = 0; !over; at++) {
    const answer = await knock(url, people[at % people.length]!, password);
    if (!over) answers.push(answer);
  }
  return answers;
}

async function knock(url: string, email: string, given: string): Promise<Answer> {
  const from = performance.now();
  const response = await fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-device-id': randomUUID() },
    body: JSON.stringify({ email, password: given }),
  });
  await response.arrayBuffer();
  return { ms: performance.now() - from, status: response.status };
}

async function inTurn<In, Out>(list: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of list) results.push(await work(item));
  return results;
}

const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};
const round = (value: number): number => Math.round(value * 10) / 10;
const countBy = (list: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of list) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};
