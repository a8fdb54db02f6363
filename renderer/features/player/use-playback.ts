import { useCallback, useEffect, useState, type RefObject } from 'react';

/** What the controls show of a media element. */
export type Playback = {
  paused: boolean;
  ended: boolean;
  /** Waits for data while it should play. */
  stalled: boolean;
  position: number;
  /** null until the file says it. */
  duration: number | null;
  /** How far the data reaches from the playhead on, in seconds. */
  buffered: number;
};

const start: Playback = { paused: true, ended: false, stalled: false, position: 0, duration: null, buffered: 0 };

const followed = [
  'timeupdate',
  'play',
  'pause',
  'seeking',
  'seeked',
  'ended',
  'durationchange',
  'loadedmetadata',
  'progress',
];

/** Mirrors a media element into state: the element is the only truth, nothing here is guessed ahead. */
export function usePlayback(video: RefObject<HTMLVideoElement | null>): Playback {
  const [playback, setPlayback] = useState(start);
  const read = useCallback((): void => {
    const element = video.current;
    if (element) setPlayback((before) => ({ ...before, ...snapshot(element) }));
  }, [video]);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const stall = (): void => setPlayback((before) => ({ ...before, stalled: !element.paused }));
    const flow = (): void => setPlayback((before) => ({ ...before, stalled: false }));
    for (const name of followed) element.addEventListener(name, read);
    element.addEventListener('waiting', stall);
    for (const name of ['playing', 'canplay', 'pause', 'error']) element.addEventListener(name, flow);
    read();
    return () => {
      for (const name of followed) element.removeEventListener(name, read);
      element.removeEventListener('waiting', stall);
      for (const name of ['playing', 'canplay', 'pause', 'error']) element.removeEventListener(name, flow);
    };
  }, [video, read]);
  return playback;
}

function snapshot(element: HTMLVideoElement): Omit<Playback, 'stalled'> {
  const { paused, ended, currentTime, duration } = element;
  return {
    paused,
    ended,
    position: currentTime,
    duration: Number.isFinite(duration) && duration > 0 ? duration : null,
    buffered: bufferedUntil(element),
  };
}

function bufferedUntil({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < (buffered?.length ?? 0); index += 1) {
    if (buffered.start(index) <= currentTime + 0.5 && currentTime <= buffered.end(index)) return buffered.end(index);
  }
  return 0;
}
