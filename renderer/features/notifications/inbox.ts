import { useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router';
import { useReplica, useRows, useWrites, type DocOf } from '../../data/index.ts';
import { clock } from '../../platform/index.ts';
import { linkPath, paths } from '../../platform/links.ts';

export type Note = DocOf<'notifications'>;

/** The last 200 that were not dismissed, newest first; undefined while they are first read. */
export const useInbox = (limit = 200): Note[] | undefined => {
  const rows = useRows('notifications', { dismissed_at: null });
  return useMemo(() => rows?.toSorted((a, b) => b.sent_at.localeCompare(a.sent_at)).slice(0, limit), [rows, limit]);
};

/** What a person does with notifications; all of it also offline. */
export const useInboxActions = () => {
  const writes = useWrites();
  const replica = useReplica();
  const navigate = useNavigate();
  const now = (): string => clock.stamp().toISOString();
  const markRead = useCallback(
    async (notes: readonly Note[]): Promise<void> => {
      for (const note of notes) if (!note.read_at) await writes.update('notifications', note.id, { read_at: now() });
    },
    [writes],
  );
  const dismiss = useCallback(
    (note: Note): Promise<void> => writes.update('notifications', note.id, { dismissed_at: now() }),
    [writes],
  );
  const open = useCallback(
    async (note: Note): Promise<void> => {
      await markRead([note]);
      const path = await pathOf(note, replica);
      if (path) await navigate(path);
    },
    [markRead, navigate, replica],
  );
  return { markRead, dismiss, open };
};

type Looked = Pick<ReturnType<typeof useReplica>, 'actor' | 'find'>;

/** Where a notification leads for this person; null when it leads nowhere in the app. */
export const pathOf = async (note: Pick<Note, 'payload'>, replica: Looked): Promise<string | null> => {
  const link = note.payload['link'];
  if (typeof link !== 'string') return null;
  const submission = /^submission\/([0-9a-f-]{36})/i.exec(link)?.[1];
  if (!submission) return linkPath(link);
  if (replica.actor.role === 'mentor') return paths.review(submission);
  const [row] = await replica.find('submissions', { id: submission });
  return row ? paths.assignment(row.assignment_id) : null;
};
