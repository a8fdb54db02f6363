import type { FastifyInstance } from 'fastify';
import type { Deps, Feature } from '../../deps.ts';
import { addCommand } from '../../http/commands.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { fanOutBroadcast } from './fan-out-broadcast.job.ts';
import { messageThreadsSync } from './message-threads.sync.ts';
import { messagesSync } from './messages.sync.ts';
import { savedRepliesSync } from './saved-replies.sync.ts';
import { sendBroadcast } from './send-broadcast.ts';
import { threadMembersSync } from './thread-members.sync.ts';

/** Conversations, and the texts the team keeps for them. */
export const messages = {
  name: 'messages',
  jobs: [fanOutBroadcast],
  routes: (app: FastifyInstance, deps: Deps): void => addCommand(app, deps, sendBroadcast),
} satisfies Feature;

export const messagesSyncs: SyncDefinition[] = [messageThreadsSync, threadMembersSync, messagesSync, savedRepliesSync];
