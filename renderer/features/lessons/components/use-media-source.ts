import { useCallback, useEffect, useState } from 'react';
import { NetworkError } from '../../../platform/index.ts';
import { mediaSource, type MediaSource } from '../kept-media.ts';

export type SourceState =
  | { state: 'loading' }
  | { state: 'ready'; source: MediaSource }
  /** Neither on this device nor reachable. */
  | { state: 'offline' }
  | { state: 'refused' };

/**
 * Where an open lesson plays from. Asked again when the file arrives on this device, when the connection returns, and when the
 * player says that the address no longer answers (`renew`).
 */
export function useMediaSource(lessonId: string, wanted: boolean, onDevice: boolean, online: boolean) {
  const [answer, setAnswer] = useState<SourceState>({ state: 'loading' });
  const [round, setRound] = useState(0);
  const playing = answer.state === 'ready' ? answer.source.from : null;
  // What plays goes on playing: only a lesson without a source asks again when its file or the connection arrives.
  const chance = playing ? 'playing' : `${onDevice}|${online}`;
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    mediaSource(lessonId).then(
      (source) => current && setAnswer({ state: 'ready', source }),
      (error: unknown) =>
        current &&
        setAnswer((before) =>
          before.state === 'ready' ? before : { state: error instanceof NetworkError ? 'offline' : 'refused' },
        ),
    );
    return () => {
      current = false;
    };
  }, [lessonId, wanted, round, chance]);
  useEffect(() => setAnswer({ state: 'loading' }), [lessonId]);
  const renew = useCallback(() => setRound((value) => value + 1), []);
  return { answer, renew };
}
