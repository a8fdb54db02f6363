/** Paths of the screens that others lead to. The one place that knows them outside the table of routes. */
export const paths = {
  lesson: (id: string, seconds?: number): string => `/lesson/${id}${seconds ? `?t=${Math.floor(seconds)}` : ''}`,
  course: (id: string): string => `/learn/${id}`,
  lessons: '/learn',
  assignments: '/assignments',
  assignment: (id: string): string => `/assignments/${id}`,
  reviews: '/mentor/reviews',
  review: (id: string): string => `/mentor/reviews/${id}`,
  notifications: '/notifications',
  profile: '/profile',
  sync: '/sync',
} as const;

const id = /^[0-9a-f-]{36}$/i;

/**
 * The path of a deep link (`lesson/<id>?t=90`, screens 1.6), null for one that no screen answers.
 * A submission opens for a student in its assignment, which only the caller can look up: it is left to `submissionPath`.
 */
export const linkPath = (link: string, submissionPath: (id: string) => string | null = () => null): string | null => {
  const [path = '', query = ''] = link
    .replace(/^growthos:\/\//, '')
    .replace(/^\//, '')
    .split('?');
  const [kind, key = ''] = path.split('/');
  if (kind === 'sync' || kind === 'profile' || kind === 'notifications') return paths[kind];
  if (!id.test(key)) return null;
  const seconds = Number(new URLSearchParams(query).get('t') ?? 0);
  switch (kind) {
    case 'lesson':
      return paths.lesson(key, Number.isFinite(seconds) ? seconds : 0);
    case 'assignment':
      return paths.assignment(key);
    case 'submission':
      return submissionPath(key);
    case 'review':
      return paths.review(key);
    case 'notification':
      return paths.notifications;
    default:
      return null;
  }
};
