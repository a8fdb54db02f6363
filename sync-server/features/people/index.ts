import type { Feature } from '../../deps.ts';
import type { SyncDefinition } from '../../sync/define-sync.ts';
import { devicesSync } from './devices.sync.ts';
import { mentorsSync, usersSync } from './profile.sync.ts';

export { addRoleRow, isLastSuperadmin } from './role-row.ts';
export { logActivity, writeAudit, type Activity } from './trail.ts';

/** Profiles and devices, and the trail of what people did. */
export const people: Feature = { name: 'people' };

export const peopleSyncs: SyncDefinition[] = [usersSync, mentorsSync, devicesSync];
