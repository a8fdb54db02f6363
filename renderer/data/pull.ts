import type { WipeKey } from '#contract/api/wipe.ts';
import type { WireDoc } from '#contract/protocol.ts';
import { tableNames } from '#contract/tables/index.ts';
import type { Core } from './core.ts';
import { changeMark, type SignedTime, type SyncMark } from './device-database.ts';
import { chunkSize } from './apply.ts';
import { dropRest } from './drop-rows.ts';
import { BrokenStreamError, type KnownFrame } from './frames.ts';
import type { Unconfirmed } from './unconfirmed.ts';

/** What the rest of the device hears of a pull or stream. */
export type PullEvents = {
  serverTime(time: string): void;
  lease(until: string | null): void;
  /** The server's time, signed for this device. */
  anchor(signed: SignedTime): void;
  /** The key by which this device will know a wipe order. Stored before the first document. */
  wipeKey(key: WipeKey): Promise<void>;
  /** First sync: documents of this pull applied so far, and how many the server expects. */
  progress(applied: number, expected: number | null): void;
  ready(): void;
  /** Everything up to here is applied and the checkpoint is stored. */
  checkpoint(mark: SyncMark): void;
};

/** The server ended the stream; `retryIn`: the milliseconds after which it asked to come back. */
export type Bye = { bye: Extract<KnownFrame, { t: 'bye' }>['reason']; retryIn: number | null };

/** Takes the frames of one answer in order. `again`: a checkpoint, behind which the news must be asked for at once. */
export type PullSession = {
  take(frame: KnownFrame): Promise<'more' | 'checkpoint' | 'again' | Bye>;
};

/** The tables this app knows, as they stand in the mark. */
export const knownTables = tableNames.toSorted().join(' ');

/**
 * The checkpoint to ask with. Null after an update that brought new tables: their rows were passed over until now, so the
 * full set is compared once.
 */
export function usableCheckpoint(mark: SyncMark): string | null {
  return mark.tables === knownTables ? mark.checkpoint : null;
}

/**
 * `numbered`: on a stream every frame carries the next number; a hole means frames were lost on the way.
 * A full set (after `reset`, or where there was no checkpoint) is compared at its end: rows that were not in it and have no
 * unsent edit are dropped. One checkpoint for all families, stored after every document before it was written.
 */
export function createPullSession(
  core: Core,
  asked: string | null,
  numbered: boolean,
  events: PullEvents,
  unconfirmed: Unconfirmed,
): PullSession {
  let expectedNumber = 0;
  let greeted = false;
  let epoch: string | null = null;
  let count: number | null = null;
  let applied = 0;
  /** Documents of small frames, written together: each write of its own would wait for the disk alone. */
  let gathered: WireDoc[] = [];
  let fullSet: Set<string> | null = asked === null ? core.startFullSet() : null;

  const inOrder = (frame: KnownFrame): void => {
    if (numbered && frame.n !== expectedNumber) {
      throw new BrokenStreamError(`frame ${frame.n ?? 'without number'} came where ${expectedNumber} was due`);
    }
    expectedNumber += 1;
    if (!greeted && frame.t !== 'hello') throw new BrokenStreamError(`${frame.t} came before hello`);
  };

  /** Writes the first of what is gathered, in whole chunks where some of it may wait. */
  async function apply(many = gathered.length): Promise<void> {
    if (many === 0) return;
    const docs = gathered.slice(0, many);
    gathered = gathered.slice(many);
    await core.receive(docs);
    applied += docs.length;
    if (fullSet) events.progress(applied, count);
  }

  async function checkpoint(cp: string, serverTime: string): Promise<'checkpoint' | 'again'> {
    if (fullSet) await dropRest(core, fullSet);
    await unconfirmed.settle();
    const left = fullSet ? core.endFullSet() : [];
    fullSet = null;
    const mark = await changeMark(core.device, {
      checkpoint: cp,
      epoch,
      complete: true,
      last_sync_at: serverTime,
      tables: knownTables,
      unconfirmed: left,
    });
    events.checkpoint(mark);
    return left.length > 0 ? 'again' : 'checkpoint';
  }

  return {
    async take(frame) {
      inOrder(frame);
      switch (frame.t) {
        case 'hello':
          greeted = true;
          epoch = frame.epoch;
          count = frame.count;
          events.serverTime(frame.server_time);
          events.lease(frame.lease_until);
          if (frame.anchor) events.anchor({ token: frame.anchor, at: frame.server_time });
          if (frame.wipe_key) await events.wipeKey(frame.wipe_key);
          if (fullSet) events.progress(0, count);
          return 'more';
        case 'reset':
          fullSet = core.startFullSet();
          applied = 0;
          return 'more';
        case 'docs':
          gathered = gathered.concat(frame.d);
          // What comes live is shown at once: nothing that is sent meanwhile shall be answered before it.
          await apply(gathered.length - (numbered ? 0 : gathered.length % chunkSize));
          return 'more';
        case 'ready':
          await apply();
          events.ready();
          return 'more';
        case 'cp':
          events.serverTime(frame.server_time);
          await apply();
          return checkpoint(frame.cp, frame.server_time);
        case 'ping':
          events.serverTime(frame.server_time);
          return 'more';
        case 'bye':
          return { bye: frame.reason, retryIn: frame.retry_in ?? null };
        case 'unknown':
          return 'more';
      }
    },
  };
}
