import { permissions } from '../view.ts';
import { linkCommands, orderedContentCommands } from './content-commands.ts';

const sectionColumns = ['name', 'description', 'icon', 'display_order', 'is_active'] as const;

export const resource_sections = permissions('resource_sections', {
  commands: orderedContentCommands(),
  read: [
    { scope: 'sr', key: 't.id', columns: sectionColumns },
    { scope: 'mentors', columns: sectionColumns },
    { scope: 'staff', columns: sectionColumns },
  ],
});

const resourceColumns = [
  'section_id',
  'title',
  'description',
  'content_type',
  'content',
  'display_order',
  'is_active',
] as const;

/** Whom a resource is shown to, its scope says (`sync_shown_resources`). */
export const resources = permissions('resources', {
  commands: orderedContentCommands(),
  read: [
    { scope: 'rs', key: 't.id', columns: resourceColumns },
    { scope: 'mentors', columns: resourceColumns },
    { scope: 'staff', columns: resourceColumns },
  ],
});

const audienceColumns = ['resource_id', 'audience_type', 'target_id'] as const;

export const resource_audiences = permissions('resource_audiences', {
  commands: linkCommands,
  read: [
    { scope: 'mentors', columns: audienceColumns },
    { scope: 'staff', columns: audienceColumns },
  ],
});
