import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { protectionCommands } from './commands.ts';
import { errorLogsSync } from './error-logs.sync.ts';
import { securitySignalsSync } from './security-signals.sync.ts';
import { videoAccessEventsSync } from './video-access-events.sync.ts';

/** What devices report about playing, capturing and their own faults, and what staff do with it. */
export const protection: Feature = { name: 'protection', routes: protectionCommands };

export const protectionSyncs: SyncDefinition[] = [securitySignalsSync, videoAccessEventsSync, errorLogsSync];
