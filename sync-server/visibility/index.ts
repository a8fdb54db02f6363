import type { TableName } from '#contract/tables/index.ts';
import * as company from './company.ts';
import * as courses from './courses.ts';
import * as learning from './learning.ts';
import * as lessons from './lessons.ts';
import * as people from './people.ts';
import * as submissions from './submissions.ts';
import type { TableVisibility } from './view.ts';

/**
 * Who sees what: every replicated table, each scope that shows its rows, and the columns its readers get. Published rows, row
 * policies and column grants are all made from this (`generate.ts`); a column that is not named reaches nobody.
 */
export const visibility = { ...company, ...courses, ...learning, ...lessons, ...people, ...submissions } satisfies {
  [T in TableName]: TableVisibility<T>;
};
export const everyTable: readonly TableVisibility[] = Object.values(visibility);
