import { setTimeout as pause } from 'node:timers/promises';
import { percentile, rounded } from '../statistics.ts';
import type { Device } from './crowd.ts';
import { openRawStream, RefusedError, type RawStream } from './raw-stream.ts';

export type Reconnect = {
  devices: number;
  /** Seconds until the middle one and all of them had caught up. */
  half_s: number;
  all_s: number;
  /** Answers "come later" on the way; each of those devices waited as long as it was told and a random part more. */
  turned_away: number;
};

/** All devices come back at one moment, each from where it stood, and stay. */
export async function measureReconnect(
  url: string,
  crowd: readonly Device[],
): Promise<{ figures: Reconnect; streams: RawStream[] }> {
  const streams: RawStream[] = [];
  let turnedAway = 0;
  const from = performance.now();
  const comeBack = async (device: Device): Promise<number> => {
    for (;;) {
      const stream = openRawStream(url, device);
      try {
        await stream.caughtUp;
        streams.push(stream);
        return performance.now() - from;
      } catch (error) {
        stream.close();
        if (!(error instanceof RefusedError) || error.retryAfter === 0) throw error;
        turnedAway += 1;
        await pause(error.retryAfter * 1000 * (1 + Math.random() / 2));
      }
    }
  };
  const took = await Promise.all(crowd.map(comeBack));
  return {
    streams,
    figures: {
      devices: crowd.length,
      half_s: rounded(percentile(took, 0.5) / 1000, 2),
      all_s: rounded(Math.max(...took) / 1000, 2),
      turned_away: turnedAway,
    },
  };
}
