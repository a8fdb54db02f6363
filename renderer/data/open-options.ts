import type { DexieOptions } from 'dexie';
import type { RxStorage } from 'rxdb';
import type { WipeKey } from '#contract/api/wipe.ts';
import type { SendBytes } from './uploads/tus.ts';

export type OpenOptions = {
  /** Another IndexedDB than the page's, in tests. */
  indexedDB?: Pick<DexieOptions, 'indexedDB' | 'IDBKeyRange'>;
  /** Another store for the replica than Dexie, where something else is measured than the browser. */
  storage?: RxStorage<unknown, unknown>;
  /** How file bytes leave; TUS unless given. */
  sendBytes?: SendBytes;
  /** No connection is made: what is on this device and nothing else. */
  offline?: boolean;
  /** Silence after which a stream counts as dead; the server speaks every 20 s. */
  silenceMs?: number;
  /** Operations that one request takes at most; fewer than the protocol allows in tests, whose queues are short. */
  mostPerPush?: number;
  random?: () => number;
  /** How retries wait; real time unless given. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Tells several replicas of one person in one page apart, in tests. */
  installation?: string;
  /** Hears of faults a person cannot do anything about, for the log. */
  onTrouble?: (error: unknown) => void;
  /** Another page of this person took the replica over; it is closed when this is called. */
  onTakenOver?: () => void;
  /** The server says that this person's data here is to be wiped before anything is synced; `key` signs its order. */
  onWipeDue?: (key: WipeKey | null) => void;
};
