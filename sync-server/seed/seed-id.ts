import { naturalId } from '#contract/natural-id.ts';

/** The id of a seeded row: the same words give the same id, so that two seeds of one academy are alike. */
export const seedId = (...words: readonly string[]): string => naturalId('seed', ...words);
