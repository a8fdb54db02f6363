import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { notificationSettingsSync } from './notification-settings.sync.ts';
import { notificationsSync, syncRejectionsSync } from './notifications.sync.ts';

export { notify, queueOutside, type Mailing, type Message } from './notify.ts';
export { fill, templateKeys, templates } from './templates.ts';

/** The inbox, and what leaves by mail and WhatsApp. */
export const notifications: Feature = { name: 'notifications' };

export const notificationsSyncs: SyncDefinition[] = [notificationsSync, notificationSettingsSync, syncRejectionsSync];
