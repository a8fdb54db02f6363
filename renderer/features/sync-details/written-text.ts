/** Columns that hold what a person wrote, in the order they read. */
const prose = ['content', 'body', 'notes', 'feedback', 'full_name', 'phone', 'label'] as const;

/** Everything a person wrote into a row as one text: prose first, then links. Ids and times are not theirs. */
export const writtenText = (columns: Record<string, unknown> | null): string => {
  if (!columns) return '';
  const texts = prose
    .map((column) => columns[column])
    .filter((value): value is string => typeof value === 'string' && value !== '');
  const links = Array.isArray(columns['links'])
    ? columns['links'].filter((link): link is string => typeof link === 'string')
    : [];
  const rating = typeof columns['rating'] === 'number' ? [`${columns['rating']} / 5`] : [];
  return [...rating, ...texts, ...links].join('\n');
};

/** Ids of the files a row names. */
export const fileIdsOf = (columns: Record<string, unknown> | null): string[] => {
  const ids = columns?.['file_ids'];
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
};
