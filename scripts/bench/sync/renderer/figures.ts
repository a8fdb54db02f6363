import type { Kind } from './documents.ts';

/** Main-thread blocks during one measurement, ms. */
export type Blocks = {
  /** Longest time in which a timer of 4 ms was not served. */
  longest_ms: number;
  /** Tasks of more than 50 ms, as the browser's own `longtask` entries count them. */
  long_tasks: number;
  longest_task_ms: number;
};

/** One first pull, from the request until the checkpoint is stored (ours) or the replication is in sync (RxDB). */
export type PullFigures = Blocks & {
  ms: number;
  /** Rows counted in IndexedDB afterwards, past RxDB. */
  docs: number;
  docs_per_s: number;
  /** Heap of the page at the end, MB. */
  heap_mb: number;
};

/** Opening a replica that holds the documents already. */
export type ReopenFigures = Blocks & { open_ms: number; first_query_ms: number };

/** What the probes saw of a planted block; the measurement stops where they saw nothing. */
export type ProbeFigures = { planted_ms: number; seen_by_timer_ms: number; seen_by_longtask_ms: number };

/**
 * A new device of a student with many rows behind, in the web edition against a real server and Postgres. Times count from the
 * first byte of the first pull; blocks from the moment the home screen is there.
 */
export type HomeFigures = {
  docs: number;
  /** The first-sync screen lets go. */
  ready_ms: number;
  /** A home screen that leads on. */
  home_ms: number;
  /** Everything is here. */
  complete_ms: number;
  /** Slowest key press (input to next paint, in steps of 8 ms) while the rest streams in; 0 = none took 16 ms. */
  typing_worst_ms: number;
  typing_keys: number;
} & Blocks;

/** What the runner may ask of the measuring page. */
export type BenchPage = {
  proveBlocks(plantedMs: number): Promise<ProbeFigures>;
  pullOurs(userId: string): Promise<PullFigures>;
  reopenOurs(userId: string, kind: Kind): Promise<ReopenFigures>;
  pullCeiling(name: string, kind: Kind, count: number, bothWays: boolean): Promise<PullFigures>;
};
