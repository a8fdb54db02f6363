import type { Role } from '#contract/roles.ts';
import { tableNames } from '#contract/tables/index.ts';
import { ruleOf } from '../../sync-server/testing/oracle/rules.ts';
import type { Person } from '../../sync-server/testing/people.ts';
import type { Academy } from './cluster.ts';

/** No push takes longer. */
const longestWriteMs = 10_000;

const questions = new Map<Role, string>();

/** One question for all rows that people of a role may have now, by the business rules in plain SQL, with the columns each shows. */
function questionOf(role: Role): string {
  const known = questions.get(role);
  if (known) return known;
  const parts = tableNames.flatMap((table) =>
    ruleOf(role, table).flatMap(({ rows, columns }) =>
      columns
        ? [
            `select '${table}|' || t.id as key, '${columns}' as columns from ${table} t where $1::uuid is not null and (${rows})`,
          ]
        : [],
    ),
  );
  const question = parts.join('\nunion all\n');
  questions.set(role, question);
  return question;
}

/**
 * Who could ever read what. Looked at before and after each move of scopes, so that between two looks nobody loses a row; what
 * goes to a device and was in no look of its person has leaked.
 */
export class Audience {
  private readonly seen = new Map<string, Map<string, Set<string>>>();
  private readonly moves: { from: number; to: number }[] = [];

  /** Moves scopes between two looks. What is written between the first of them and the move, nobody looked at. */
  async around(academy: Academy, people: readonly Person[], move: () => Promise<void>): Promise<void> {
    const from = Date.now();
    await this.look(academy, people);
    await move();
    this.moves.push({ from, to: Date.now() });
    await this.look(academy, people);
  }

  /**
   * Whether a row was made while scopes were being moved, so that by the engine's own word alone somebody saw it. A row is dated by the
   * start of its transaction, which may have been at work when the move began.
   */
  wasMadeInAMove(at: Date): boolean {
    return this.moves.some(({ from, to }) => from - longestWriteMs <= at.getTime() && at.getTime() <= to);
  }

  async look({ asker }: Academy, people: Iterable<Person>): Promise<void> {
    await Promise.all(
      [...new Map([...people].map((person) => [person.id, person])).values()].map(async ({ id, role }) => {
        const { rows } = await asker.query<{ key: string; columns: string }>({
          name: `rows of ${role}`,
          text: questionOf(role),
          values: [id],
        });
        const seen = this.seen.get(id) ?? new Map<string, Set<string>>();
        this.seen.set(id, seen);
        for (const { key, columns } of rows) {
          const known = seen.get(key) ?? new Set();
          seen.set(key, known);
          for (const column of columns.split(' ')) known.add(column);
        }
      }),
    );
  }

  couldSee(person: string, key: string): boolean {
    return this.seen.get(person)?.has(key) ?? false;
  }

  couldRead(person: string, key: string, column: string): boolean {
    return this.seen.get(person)?.get(key)?.has(column) ?? false;
  }
}
