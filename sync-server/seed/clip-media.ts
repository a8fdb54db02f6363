import { readFile } from 'node:fs/promises';
import type { Pool } from '../db/sql.ts';
import type { StorageConfig } from '../features/files/index.ts';
import { storeLessonMedia } from '../features/media/index.ts';
import { clipFiles, clips } from './clips/clips.ts';
import { seedId } from './seed-id.ts';

export type MediaTarget = { server: Pool; serverKey: string; storage: StorageConfig };

/** Puts clips under lessons by the same door as any recording: encrypted at rest, with captions. `[lesson id, clip name]` */
export async function storeClips(target: MediaTarget, lessons: readonly (readonly [string, string])[]): Promise<void> {
  const captions = new Map<string, string>();
  for (const [lessonId, name] of lessons) {
    const clip = clips.find((candidate) => candidate.name === name);
    if (!clip) throw new Error(`There is no clip named ${name}`);
    const files = clipFiles(clip);
    captions.set(name, captions.get(name) ?? (await readFile(files.captions, 'utf8')));
    await storeLessonMedia(
      { server: target.server, serverKey: target.serverKey, config: target.storage },
      lessonId,
      files.media,
      {
        mime: 'video/webm',
        durationSeconds: clip.seconds,
        captions: [{ language: 'en', label: 'English', vtt: captions.get(name)! }],
        fileId: seedId('lesson media', lessonId),
      },
    );
  }
}
