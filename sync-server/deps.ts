import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Pool } from './db/sql.ts';
import type { Drain } from './http/drain.ts';
import type { Job } from './jobs/define-job.ts';
import type { Metrics } from './metrics/metrics.ts';

/** Where "now" comes from; tests move it, rules never ask the system. */
export type Clock = { now(): Date };

/** What the server's parts are given; built once by `main.ts` or by a test. */
export type Deps = {
  config: Config;
  /** Login that serves people: it may only become an app role inside `asActor`, and is no member of the server's role. */
  people: Pool;
  /** The server's own login: identity, jobs, fan-out. Never used with a statement that a person shaped. */
  server: Pool;
  /** Proof that a derived write comes from this program; every `server_*` SQL function asks for it. */
  serverKey: string;
  clock: Clock;
  log: Logger;
  /** What this process counts about itself. */
  metrics: Metrics;
  /** Whether it is about to stop. */
  drain: Drain;
};

/** A feature's door: what `features/index.ts` lists and the program wires. */
export type Feature = {
  name: string;
  routes?: (app: FastifyInstance, deps: Deps) => void | Promise<void>;
  /** Queued and scheduled work; a name missing here leaves its jobs waiting. */
  jobs?: readonly Job[];
};
