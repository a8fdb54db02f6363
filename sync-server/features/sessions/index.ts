import type { FastifyInstance } from 'fastify';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { watchSessions } from './live-sessions.job.ts';
import { cancelSession, createSession, deleteSession, publishSession, updateSession } from './plan-session.ts';
import { previewSessionVisibility, revealSessionHost } from './read-session.ts';
import { sessionAttendanceSync } from './session-attendance.sync.ts';

/** Live sessions: planned, published, joined. */
export const sessions = {
  name: 'sessions',
  jobs: [watchSessions],
  routes: (app: FastifyInstance, deps: Deps): void => {
    addCommand(app, deps, createSession);
    addCommand(app, deps, updateSession);
    addCommand(app, deps, publishSession);
    addCommand(app, deps, cancelSession);
    addCommand(app, deps, deleteSession);
    addCommand(app, deps, previewSessionVisibility);
    addCommand(app, deps, revealSessionHost);
  },
} satisfies Feature;

export const sessionsSyncs: SyncDefinition[] = [sessionAttendanceSync];
