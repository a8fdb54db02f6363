import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { seekTo, startPlaying } from './player-commands.ts';

/** A source that fails again this soon after it was renewed is broken, not expired. */
const renewedForMs = 15_000;

/**
 * Loads the source. A new address of the same lesson goes on where the old one stopped. When an address stops answering, a
 * new one is asked for once; if that fails too, the person is told and may try again.
 */
export function useSource(
  video: RefObject<HTMLVideoElement | null>,
  src: string,
  startAt: number,
  onFailed: (() => void) | undefined,
): { failed: boolean; retry: () => void } {
  const [failed, setFailed] = useState(false);
  const place = useRef({ position: startAt, plays: false });
  const renewedAt = useRef(-Infinity);
  const ask = useRef(onFailed);
  ask.current = onFailed;

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const arrive = (): void => {
      const { position, plays } = place.current;
      // Three seconds before the end there is nothing left to resume.
      if (position > 0 && !(position > element.duration - 3)) seekTo(element, position);
      if (plays) startPlaying(element);
    };
    const remember = (): void => {
      if (element.readyState > 0) place.current = { position: element.currentTime, plays: !element.paused };
    };
    const fail = (): void => {
      const isRenewable = performance.now() - renewedAt.current > renewedForMs && ask.current;
      if (!isRenewable) return setFailed(true);
      renewedAt.current = performance.now();
      ask.current?.();
    };
    element.addEventListener('loadedmetadata', arrive);
    element.addEventListener('timeupdate', remember);
    element.addEventListener('pause', remember);
    element.addEventListener('play', remember);
    element.addEventListener('error', fail);
    setFailed(false);
    element.setAttribute('src', src);
    return () => {
      element.removeEventListener('loadedmetadata', arrive);
      element.removeEventListener('timeupdate', remember);
      element.removeEventListener('pause', remember);
      element.removeEventListener('play', remember);
      element.removeEventListener('error', fail);
    };
  }, [video, src]);

  // A page that is left must not go on loading.
  useEffect(() => {
    const element = video.current;
    return () => {
      element?.removeAttribute('src');
      element?.load();
    };
  }, [video]);

  const retry = useCallback(() => {
    setFailed(false);
    renewedAt.current = performance.now();
    ask.current?.();
    video.current?.load();
  }, [video]);
  return { failed, retry };
}
