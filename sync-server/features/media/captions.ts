import { text } from 'node:stream/consumers';
import type { Storage } from '../files/index.ts';

/** A caption track of a lesson, as the row names it. */
export type CaptionTrack = { language: string; label: string };

const language = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;

/** Where a track's text lies. Throws for a language that is no language tag, so that it never becomes part of a path. */
export function captionKey(lessonId: string, tag: string): string {
  if (!language.test(tag)) throw new Error('not a language tag');
  return `captions/${lessonId}/${tag}.vtt`;
}

/** The WebVTT text of every track of a lesson. */
export async function readCaptions({ objects }: Storage, lessonId: string, tracks: CaptionTrack[]) {
  return Promise.all(
    tracks.map(async ({ language: tag, label }) => ({
      language: tag,
      label,
      vtt: await text(objects.read(captionKey(lessonId, tag))),
    })),
  );
}
