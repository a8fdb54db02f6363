import { useTranslation } from 'react-i18next';
import type { TableName } from '#contract/tables/index.ts';
import { useRows, type Problem } from '../../data/index.ts';

export type Described = { what: string; about: string };

const asText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Puts a written row into words: *Submission · Product page*. */
export const useDescribe = (): ((type: TableName, id: string, columns: Record<string, unknown>) => Described) => {
  const { t } = useTranslation('sync-details');
  const assignments = useRows('assignments') ?? [];
  const submissions = useRows('submissions') ?? [];
  const lessons = useRows('available_lessons') ?? [];
  return (type, id, columns) => {
    const submission =
      type === 'submissions'
        ? submissions.find((one) => one.id === id)
        : submissions.find((one) => one.id === columns['submission_id']);
    const assignmentId = asText(columns['assignment_id']) ?? submission?.assignment_id;
    const lessonId = asText(columns['lesson_id']);
    const withdraws = type === 'submissions' && columns['withdraw_requested_at'] != null;
    return {
      what: withdraws ? t('types.withdrawal') : isKnown(type) ? t(`types.${type}`) : t('types.other'),
      about:
        assignments.find((one) => one.id === assignmentId)?.name ??
        lessons.find((one) => one.id === lessonId)?.recording_title ??
        asText(columns['original_name']) ??
        asText(columns['full_name']) ??
        '',
    };
  };
};

/** What a problem is about, in one line. */
export const useProblemName = ({ type, id, mine }: Problem): string => {
  const { what, about } = useDescribe()(type, id, mine);
  return [what, about].filter(Boolean).join(' · ');
};

const known = [
  'submissions',
  'submission_reviews',
  'files',
  'recording_views',
  'recording_ratings',
  'lesson_notes',
  'notifications',
  'notification_settings',
  'users',
  'user_activity_logs',
] as const;
const isKnown = (type: string): type is (typeof known)[number] => (known as readonly string[]).includes(type);
