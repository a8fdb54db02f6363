import { z } from 'zod';
import { count, id, maybeId, maybeText, standard, text } from '../columns.ts';
import { defineTable, type Doc } from '../define-table.ts';

/** A heading under which resources stand. A student gets those that hold something for them. */
export const resourceSections = defineTable({
  name: 'resource_sections',
  family: 'lessons',
  row: z.object({
    ...standard,
    name: text,
    description: maybeText,
    icon: maybeText,
    display_order: count,
    is_active: z.boolean(),
  }),
  device: {},
});
export type ResourceSection = Doc<typeof resourceSections>;

export const resourceContentTypes = ['link', 'file', 'rich_text', 'table'] as const;

/** Something to read, download or look up, shown to its audiences. */
export const resources = defineTable({
  name: 'resources',
  family: 'lessons',
  row: z.object({
    ...standard,
    section_id: id,
    title: text,
    description: maybeText,
    content_type: z.enum(resourceContentTypes),
    /** By content_type: `{url}` · `{file_id, file_name, mime, bytes}` · `{markdown}` · `{columns, rows}`. */
    content: z.record(z.string(), z.unknown()),
    display_order: count,
    is_active: z.boolean(),
  }),
  device: {},
});
export type Resource = Doc<typeof resources>;

export const audienceTypes = ['all', 'pathway', 'course', 'batch'] as const;

/** To whom a resource is shown; never sent to a student. */
export const resourceAudiences = defineTable({
  name: 'resource_audiences',
  family: 'lessons',
  row: z.object({
    ...standard,
    resource_id: id,
    audience_type: z.enum(audienceTypes),
    /** The pathway, course or batch; null exactly for all. */
    target_id: maybeId,
  }),
  device: {},
});
export type ResourceAudience = Doc<typeof resourceAudiences>;
