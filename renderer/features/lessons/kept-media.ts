import { useEffect } from 'react';
import { create } from 'zustand';
import type { MediaState } from '#desktop/index.ts';
import type { LessonDownloadResponse, LessonMediaResponse } from '#contract/api/media.ts';
import { api, desktop } from '../../platform/index.ts';

/** What this device keeps of each lesson. The web edition keeps nothing, so there the map stays empty. */
const useKept = create<{ states: Record<string, MediaState>; loaded: boolean; asking: Record<string, true> }>(() => ({
  states: {},
  loaded: false,
  asking: {},
}));

let listening = false;
function listen(): void {
  if (listening || !desktop) return;
  listening = true;
  desktop.on('media.changed', (state) =>
    useKept.setState(({ states }) => ({ states: { ...states, [state.lesson_id]: state } })),
  );
  void desktop.invoke('media.list', undefined).then((list) =>
    useKept.setState(({ states }) => ({
      loaded: true,
      states: { ...Object.fromEntries(list.map((state) => [state.lesson_id, state])), ...states },
    })),
  );
}

/** True where lessons can be kept at all. */
export const canKeepMedia = desktop !== null;

/** State of every kept lesson, live. */
export function useKeptMedia(): Record<string, MediaState> {
  useEffect(listen, []);
  return useKept((store) => store.states);
}

/** Whether a lesson is being asked for right now, before the desktop knows of it. */
export const useIsAsking = (lessonId: string): boolean => useKept((store) => store.asking[lessonId] === true);

/** Asks the server for the manifest and hands it to the desktop, which fetches and checks the file. Needs a connection. */
export async function keepLesson(lessonId: string): Promise<boolean> {
  if (!desktop) return false;
  useKept.setState(({ asking }) => ({ asking: { ...asking, [lessonId]: true } }));
  try {
    const manifest = await api.command<LessonDownloadResponse>('request-lesson-download', { lesson_id: lessonId });
    return (await desktop.invoke('media.keep', manifest)).ok;
  } finally {
    useKept.setState(({ asking: { [lessonId]: _done, ...asking } }) => ({ asking }));
  }
}

/** Removes a lesson's file from this device; progress and notes stay. */
export async function forgetLesson(lessonId: string): Promise<void> {
  await desktop?.invoke('media.remove', { lesson_id: lessonId });
  useKept.setState(({ states: { [lessonId]: _gone, ...states } }) => ({ states }));
}

export type MediaSource = {
  url: string;
  captions: { language: string; label: string; url: string }[];
  from: 'device' | 'server';
};

/** Where a lesson plays from: this device first, else the server; throws what the server answered. */
export async function mediaSource(lessonId: string): Promise<MediaSource> {
  const kept = await desktop?.invoke('media.url', { lesson_id: lessonId });
  if (kept?.url) return { url: kept.url, captions: kept.captions, from: 'device' };
  const streamed = await api.command<LessonMediaResponse>('lesson-media-url', { lesson_id: lessonId });
  return { url: streamed.url, captions: streamed.captions, from: 'server' };
}
