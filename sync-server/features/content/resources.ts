import { resourceContents } from '#contract/api/content.ts';
import { AppError } from '../../http/errors.ts';
import type { ContentKind } from './content-kind.ts';
import { mustBeAttachment } from './files.ts';
import { tellReaders } from './notices.ts';

export const resource_sections: ContentKind = {
  table: 'resource_sections',
  required: ['name'],
  author: 'created_by',
};

/** What readers notice; moving a resource about is no news (workflows 3.42). */
const news = ['title', 'description', 'content_type', 'content', 'is_active'];

export const resources: ContentKind = {
  table: 'resources',
  required: ['section_id', 'title', 'content_type', 'content'],
  references: { section_id: 'resource_sections' },
  author: 'created_by',
  links: [
    {
      field: 'audiences',
      table: 'resource_audiences',
      parent: 'resource_id',
      rows: (value) => value as Record<string, unknown>[],
    },
  ],
  check: async (context, row, before) => {
    const type = row['content_type'] as keyof typeof resourceContents;
    const content = resourceContents[type].safeParse(row['content']);
    if (!content.success)
      throw new AppError('INVALID_INPUT', { message: `This is no ${type}.`, details: content.error.issues });
    if ('file_id' in content.data && content.data.file_id !== (before?.['content'] as { file_id?: string })?.file_id)
      await mustBeAttachment(context, content.data.file_id);
    return { content: content.data };
  },
  after: async (context, change, changed) => {
    if (!change.before || changed.some((field) => news.includes(field))) await tellReaders(context, change);
  },
};
