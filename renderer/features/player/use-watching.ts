import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { Range } from '#contract/rules/watched.ts';
import { createPlayedTracker } from './played-ranges.ts';

/** Where the person is and which seconds really played. */
export type WatchProgress = { position: number; ranges: readonly Range[]; duration: number | null };

/** How often progress is reported while it plays (screens S4). */
const everyMs = 5000;

/**
 * Follows the playhead and reports progress: every five seconds, and at every moment after which nothing may come any more
 * (pause, end, window out of sight, page left). Says nothing when nothing changed.
 */
export function useWatching(
  video: RefObject<HTMLVideoElement | null>,
  known: readonly Range[],
  durationHint: number | null,
  onProgress: (progress: WatchProgress) => void,
): readonly Range[] {
  const tracker = useMemo(() => createPlayedTracker(known), [known]);
  const [played, setPlayed] = useState<readonly Range[]>(known);
  const report = useRef(onProgress);
  report.current = onProgress;

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let last = '';
    const follow = (): void => {
      if (element.seeking) return;
      tracker.follow(element.currentTime, performance.now(), element.playbackRate);
      setPlayed(tracker.ranges());
    };
    const tell = (): void => {
      const duration = Number.isFinite(element.duration) && element.duration > 0 ? element.duration : durationHint;
      const progress = { position: element.currentTime, ranges: tracker.ranges(), duration };
      const text = JSON.stringify(progress);
      // Before anything has played there is nothing to say, and opening a lesson is no progress.
      if (text === last || (last === '' && element.played.length === 0)) return;
      last = text;
      report.current(progress);
    };
    const tick = (): void => {
      if (!element.paused) follow();
    };
    const stop = (): void => {
      follow();
      tracker.lift();
      tell();
    };
    const leave = (): void => {
      tick();
      tell();
    };
    const hide = (): void => {
      if (document.visibilityState === 'hidden') leave();
    };
    const lift = (): void => tracker.lift();
    const on: [EventTarget, string, () => void][] = [
      [element, 'timeupdate', tick],
      [element, 'ratechange', tick],
      [element, 'playing', tick],
      [element, 'seeking', lift],
      [element, 'pause', stop],
      [element, 'ended', stop],
      [window, 'blur', leave],
      [window, 'pagehide', leave],
      [document, 'visibilitychange', hide],
    ];
    for (const [target, name, listener] of on) target.addEventListener(name, listener);
    const timer = setInterval(() => {
      if (!element.paused) tell();
    }, everyMs);
    return () => {
      leave();
      clearInterval(timer);
      for (const [target, name, listener] of on) target.removeEventListener(name, listener);
    };
  }, [video, tracker, durationHint]);
  return played;
}
