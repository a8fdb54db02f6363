import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * What one process counts about itself. A label only ever takes values that this program itself lists (routes, codes, verdicts,
 * reasons, job names): never an id, an address or anything a caller wrote, which would tell about people and grow without end.
 */
export type Metrics = ReturnType<typeof createMetrics>;

/** Seconds; from a local statement to a request that nearly timed out. */
const requestBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const lagBuckets = [0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1, 5];
/** From a minute to the age at which a checkpoint means nothing any more. */
const ageBuckets = [60, 600, 3600, 86_400, 604_800, 2_592_000, 7_776_000];

/** A fresh set of instruments; `ofProcess` adds memory, event loop and collector, which belong to a process once. */
export function createMetrics({ ofProcess = false } = {}) {
  const register = new Registry();
  if (ofProcess) collectDefaultMetrics({ register, prefix: 'growth_' });
  const registers = [register];
  return {
    register,
    requests: new Counter({
      name: 'growth_http_requests_total',
      help: 'Requests answered, by the pattern of their route.',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'growth_http_request_seconds',
      help: 'From a request to the end of its answer, live streams left out.',
      labelNames: ['route'],
      buckets: requestBuckets,
      registers,
    }),
    refusals: new Counter({
      name: 'growth_refusals_total',
      help: 'Requests that ended in an error, by its code.',
      labelNames: ['code'],
      registers,
    }),
    signIns: new Counter({
      name: 'growth_sign_ins_total',
      help: 'Sign-ins with a password, by how they ended.',
      labelNames: ['outcome'],
      registers,
    }),
    streams: new Gauge({ name: 'growth_streams_open', help: 'Live streams of this process.', registers }),
    streamEnds: new Counter({
      name: 'growth_stream_ends_total',
      help: 'Live streams that ended: the reason of the bye, gone (by the reader), broken (by a failure).',
      labelNames: ['reason'],
      registers,
    }),
    lag: new Histogram({
      name: 'growth_replication_lag_seconds',
      help: 'From a commit (or, found by looking: from the look before) until one stream was handed its rows.',
      labelNames: ['found'],
      buckets: lagBuckets,
      registers,
    }),
    operations: new Counter({
      name: 'growth_push_operations_total',
      help: 'Operations of pushes, by verdict.',
      labelNames: ['verdict'],
      registers,
    }),
    refusedOperations: new Counter({
      name: 'growth_push_refusals_total',
      help: 'Refused operations, by code.',
      labelNames: ['code'],
      registers,
    }),
    checkpointAge: new Histogram({
      name: 'growth_checkpoint_age_seconds',
      help: 'How long ago a device that comes with a checkpoint was here before, to the minute.',
      buckets: ageBuckets,
      registers,
    }),
    resets: new Counter({
      name: 'growth_resets_total',
      help: 'Checkpoints that meant nothing here, so that the full set was sent.',
      registers,
    }),
    gates: new Gauge({
      name: 'growth_gate_requests',
      help: 'Catch-ups and checks (read) and pushes (write) that run, or wait for a place.',
      labelNames: ['gate', 'state'],
      registers,
    }),
    turnedAway: new Counter({
      name: 'growth_turned_away_total',
      help: 'Requests answered "come later": too many of all, of one person, or waited too long.',
      labelNames: ['gate', 'reason'],
      registers,
    }),
    jobRuns: new Counter({
      name: 'growth_job_runs_total',
      help: 'Runs of jobs in this process.',
      labelNames: ['job', 'outcome'],
      registers,
    }),
  };
}
