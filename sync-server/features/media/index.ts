import type { Deps, Feature } from '../../deps.ts';
import type { FastifyInstance } from 'fastify';
import { openStorage } from '../files/index.ts';
import { mediaCommands } from './commands.ts';
import { streamRoutes } from './stream-routes.ts';

/** Recordings of lessons: playing, keeping for offline, captions. */
export const media = {
  name: 'media',
  routes: (app: FastifyInstance, deps: Deps): void => {
    const storage = openStorage(deps);
    mediaCommands(app, deps, storage);
    streamRoutes(app, deps, storage);
  },
} satisfies Feature;

export { storeLessonMedia, type LessonMediaOptions } from './store-lesson-media.ts';
