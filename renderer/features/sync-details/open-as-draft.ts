import type { Replica } from '../../data/index.ts';

const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/**
 * Puts the content of a refused attempt back into the assignment's draft (`work/<assignment>`), under a new id. The refused
 * change stays listed until it is discarded.
 */
export const openAsDraft = (
  replica: Pick<Replica, 'saveDraft'>,
  assignmentId: string,
  mine: Record<string, unknown>,
): Promise<void> =>
  replica.saveDraft(`work/${assignmentId}`, {
    id: crypto.randomUUID(),
    content: typeof mine['content'] === 'string' ? mine['content'] : '',
    links: stringsOf(mine['links']),
    file_ids: stringsOf(mine['file_ids']),
  });
