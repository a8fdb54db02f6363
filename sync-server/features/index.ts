import type { Feature } from '../deps.ts';
import type { SyncDefinition } from '../sync/define-sync.ts';
import { replication } from '../sync/purge.job.ts';
import { batches } from './batches/index.ts';
import { billing } from './billing/index.ts';
import { care, careSyncs } from './care/index.ts';
import { accounts } from './accounts/index.ts';
import { audit } from './audit/index.ts';
import { content } from './content/index.ts';
import { files } from './files/index.ts';
import { identityJobs } from './identity/index.ts';
import { integrations } from './integrations/index.ts';
import { learning, learningSyncs } from './learning/index.ts';
import { mail } from './mail/index.ts';
import { media } from './media/index.ts';
import { messages, messagesSyncs } from './messages/index.ts';
import { notifications, notificationsSyncs } from './notifications/index.ts';
import { operations } from './operations/index.ts';
import { onboarding, onboardingSyncs } from './onboarding/index.ts';
import { people, peopleSyncs } from './people/index.ts';
import { protection, protectionSyncs } from './protection/index.ts';
import { rewards } from './rewards/index.ts';
import { partner } from './partner/index.ts';
import { sessions, sessionsSyncs } from './sessions/index.ts';
import { settings } from './settings/index.ts';
import { submissions, submissionsSyncs } from './submissions/index.ts';
import { tickets, ticketsSyncs } from './tickets/index.ts';
import { whatsapp } from './whatsapp/index.ts';
import { wipe } from './wipe/index.ts';

/** Every feature of the server: its routes and its jobs. Identity is wired by `app.ts`, for it needs the signing keys. */
export const features: Feature[] = [
  people,
  accounts,
  audit,
  learning,
  submissions,
  notifications,
  mail,
  whatsapp,
  files,
  media,
  billing,
  care,
  protection,
  sessions,
  tickets,
  messages,
  partner,
  operations,
  onboarding,
  rewards,
  settings,
  integrations,
  content,
  batches,
  wipe,
  identityJobs,
  replication,
];

/** Every table that devices may write, with the guard that judges the writes. */
export const syncDefinitions: SyncDefinition[] = [
  ...peopleSyncs,
  ...learningSyncs,
  ...submissionsSyncs,
  ...notificationsSyncs,
  ...onboardingSyncs,
  ...careSyncs,
  ...protectionSyncs,
  ...sessionsSyncs,
  ...ticketsSyncs,
  ...messagesSyncs,
];
