import type { Role } from '#contract/roles.ts';
import { docKey, tableNames, type TableName } from '#contract/tables/index.ts';
import { asActor } from '../../../sync-server/db/as-actor.ts';
import { hasRowDependentColumns, publishedViews, viewsOf } from '../../../sync-server/permissions/fragments.ts';
import { permissionsOf } from '../../../sync-server/permissions/tables/index.ts';
import type { Person } from '../../../sync-server/testing/people.ts';
import type { Evidence, Finding } from './finding.ts';

/**
 * What the database itself lets this person select. Row policies stand behind everything that is sent, and where one of them falls
 * alone no device hears of it: who may select, must have been sent, and the other way round.
 */
export async function findOpenWalls(
  { database }: Pick<Evidence, 'database'>,
  person: Person,
  sent: ReadonlySet<string>,
): Promise<Finding[]> {
  const question = questions.get(person.role) ?? questionOf(person.role);
  questions.set(person.role, question);
  const { rows } = await asActor(database.people, person, (tx) =>
    tx.query<{ type: TableName; id: string }>({ name: `all of a ${person.role}`, text: question }),
  );
  const selected = new Set(rows.map(({ type, id }) => docKey(type, id)));
  const asked = new Set<string>(readBy(person.role));
  const about = `${person.role} ${person.full_name}`;
  return [
    ...[...selected]
      .filter((key) => !sent.has(key))
      .map((key): Finding => ({
        what: 'leaked',
        text: `${about} may select ${key}, which is not for them`,
      })),
    ...[...sent]
      .filter((key) => !selected.has(key) && asked.has(key.slice(0, key.indexOf('|'))))
      .map((key): Finding => ({ what: 'divergent', text: `${about} is sent ${key} and may not select it` })),
  ];
}

const questions = new Map<Role, string>();

function questionOf(role: Role): string {
  const parts = readBy(role).map((table) => {
    const hasOwnView = hasRowDependentColumns(permissionsOf[table]);
    return `select '${table}' as type, id from ${hasOwnView ? `seen_${table}` : `${table} where not is_deleted`}`;
  });
  return parts.join('\nunion all\n');
}

/** Tables of which this role holds what it may read; of some it may ask for more rows online. */
const readBy = (role: Role): TableName[] =>
  tableNames.filter((table) => {
    const views = viewsOf(permissionsOf[table], role);
    const isHeld = publishedViews(permissionsOf[table]).length > 0 && views.length > 0;
    return isHeld && views.every(({ columns }) => columns.length > 0);
  });
