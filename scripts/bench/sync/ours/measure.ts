import { forgetPeak, memoryNow } from '../process-memory.ts';
import { throughput, type Throughput } from '../raw/raw.ts';
import { password, type Stage } from '../stage.ts';
import { median, percentile, rounded } from '../statistics.ts';
import { createCourseOfWork } from './course-of-work.ts';
import { runClient } from './run-client.ts';

export type Pulled = {
  /** Medians, milliseconds; how each is counted is said in `first-pull.ts`. */
  ms: number;
  all_ms: number[];
  settled_ms: number;
  opened_ms: number;
  /** The server's peak during the pulls, and before them while the person signed in (no peer asks who somebody is). */
  server_memory_mib: number | null;
  server_memory_sign_in_mib: number | null;
  server_memory_before_mib: number | null;
};

/** First pulls through the first process, and what its memory came to meanwhile. */
export async function measureFirstPull({ servers, reader }: Stage, notes: number, rounds: number): Promise<Pulled> {
  const [{ url: serverUrl, pid }] = servers;
  const before = memoryNow(pid);
  forgetPeak(pid);
  const pulled = await runClient('first-pull', {
    serverUrl,
    serverPid: pid,
    email: reader.email,
    password,
    notes,
    rounds,
  });
  return {
    ms: median(pulled.ms),
    all_ms: pulled.ms,
    settled_ms: median(pulled.settled_ms),
    opened_ms: median(pulled.opened_ms),
    server_memory_mib: pulled.memory_mib,
    server_memory_sign_in_mib: pulled.sign_in_memory_mib,
    server_memory_before_mib: before,
  };
}

/** The same answer without a client's store behind it: the server, the wire and the parsing. */
export async function measureSnapshot(
  { servers: [{ url }], reader }: Stage,
  encoding: 'zstd' | 'identity',
  rounds: number,
): Promise<Throughput> {
  const deviceId = crypto.randomUUID();
  const answer = await fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-device-id': deviceId },
    body: JSON.stringify({ email: reader.email, password }),
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (!token) throw new Error(`the reader cannot sign in: ${answer.status}`);
  return throughput(
    await runClient('snapshot', { url: `${url}/sync/v1/pull`, pull: { token, deviceId }, encoding, rounds }),
  );
}

export type Pushed = { ms: number; all_ms: number[]; written_ms: number; requests: number[]; lost: number[] };

/**
 * Each round is another student with an empty notebook, so that no round meets the rows of another. A first one is not counted:
 * a server that runs knows the way.
 */
export async function measurePush(stage: Stage, edits: number, lost: number, rounds: number): Promise<Pushed> {
  const lessons = await stage.lessons();
  const all = [];
  for (let round = 0; round <= rounds; round += 1) {
    const name = `pusher-${lost * 100}-${round}`;
    const student = await stage.newStudent(name, 0);
    const [{ url: serverUrl }] = stage.servers;
    const { email, id: userId } = student;
    const given = { serverUrl, email, password, userId, lessons, edits, lost, seed: round };
    const pushed = await runClient('push-queue', given);
    if (round > 0) all.push(pushed);
    const stored = await stage.countNotes(userId);
    if (stored !== edits) throw new Error(`the server holds ${stored} of ${edits} pushed notes`);
  }
  return {
    ms: median(all.map(({ ms }) => ms)),
    all_ms: all.map(({ ms }) => ms),
    written_ms: median(all.map(({ written_ms }) => written_ms)),
    requests: all.map(({ requests }) => requests),
    lost: all.map((push) => push.lost),
  };
}

export type Latencies = { p50_ms: number; p99_ms: number; max_ms: number; samples: number };

/** Changes before those that are timed, of ours and of every peer: both ends are programs that run already. */
export const warmChanges = 100;

/** Two devices of one student with a thousand notes, one at each server process. */
export async function measureLatency(stage: Stage, samples: number, round: number): Promise<Latencies> {
  const { email, id: userId } = await stage.newStudent(`writer-${round}`, 1000);
  const [first, second] = stage.servers;
  const [lesson] = await stage.lessons();
  const { ms: all } = await runClient('latency', {
    serverUrls: [first.url, second.url],
    ...{ email, password, userId, lesson: lesson!, samples: samples + warmChanges },
  });
  const ms = all.slice(warmChanges);
  return {
    p50_ms: rounded(percentile(ms, 0.5), 2),
    p99_ms: rounded(percentile(ms, 0.99), 2),
    max_ms: Math.max(...ms),
    samples: ms.length,
  };
}

export type Revoked = { ms: number; all_ms: number[]; granted_ms: number; documents: number; document_bytes: number };

/** A mentor online loses a course with so many pieces of work. */
export async function measureRevocation(stage: Stage, documents: number, rounds: number): Promise<Revoked> {
  const mentor = await createCourseOfWork(stage.database.server, documents);
  const [{ url: serverUrl }] = stage.servers;
  const given = { serverUrl, databaseUrl: stage.database.url, mentor, password, documents, rounds };
  const { revoked_ms, granted_ms, document_bytes } = await runClient('revocation', given);
  return { ms: median(revoked_ms), all_ms: revoked_ms, granted_ms: median(granted_ms), documents, document_bytes };
}
