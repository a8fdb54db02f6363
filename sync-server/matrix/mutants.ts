import type { Role } from '#contract/roles.ts';
import { roles } from '#contract/roles.ts';
import { syncDefinitions } from '../features/index.ts';
import { commandsOf } from '../http/commands.ts';
import type { Pool } from '../db/sql.ts';
import { checkCallers } from './commands.ts';
import { checkDeletedRows } from './deleted-rows.ts';
import { askGuard, type Probe } from './guards.ts';
import { checkOwnMachinery, isReadForOneself } from './machinery.ts';
import { checkSelect } from './reading.ts';
import type { MatrixStage } from './stage.ts';
import type { Tally } from './tally.ts';
import { checkWriting } from './writing.ts';

/** One thing taken away; what concerns it must then come out wrong somewhere. */
export type Mutant = {
  kind: 'policy' | 'grant' | 'guard' | 'command';
  name: string;
  table: string;
  /** Takes it away and answers how to put it back. */
  apply: () => Promise<() => Promise<void>>;
  /** Runs again what concerns it. */
  check: (tally: Tally) => Promise<void>;
};

type Policy = {
  name: string;
  table: string;
  roles: string[];
  cmd: string;
  qual: string | null;
  with_check: string | null;
};
type Grant = { table: string; column: string; role: string; privilege: string };

const roleOf = (databaseRole: string): Role => databaseRole.replace(/^app_/, '') as Role;

/** Everything that stands between a person and a row: policies (gone, and open to all rows), grants, guards, lists of roles. */
export async function findMutants(
  stage: MatrixStage,
  probes: ReadonlyMap<string, readonly Probe[]>,
): Promise<Mutant[]> {
  return [
    ...(await policyMutants(stage)),
    ...(await grantMutants(stage)),
    ...guardMutants(stage, probes),
    ...commandMutants(stage),
  ];
}

async function policyMutants(stage: MatrixStage): Promise<Mutant[]> {
  const { server } = stage.database;
  const { rows } = await server.query<Policy>(
    `select policyname as name, tablename as "table", roles::text[] as roles, cmd, qual, with_check from pg_policies
     where schemaname = 'public' order by 2, 1`,
  );
  return rows.flatMap((policy) => {
    const { name, table } = policy;
    const concerned = policy.roles.map(roleOf);
    const check = checkOf(stage, table, concerned, policy.cmd);
    // Where everybody of a role reads every row, what a policy still hides is what was deleted.
    const checkOpened: Mutant['check'] = async (tally) => {
      await check(tally);
      if (policy.cmd === 'SELECT') await checkDeletedRows(stage, tally, stage.catalogue.get(table)!, concerned);
    };
    const open = [policy.qual === null ? '' : 'using (true)', policy.with_check === null ? '' : 'with check (true)'];
    return [
      {
        kind: 'policy' as const,
        name: `policy ${name} on ${table} dropped`,
        table,
        check,
        apply: exchange(server, `drop policy ${name} on ${table}`, create(policy)),
      },
      {
        kind: 'policy' as const,
        name: `policy ${name} on ${table} opened`,
        table,
        check: checkOpened,
        apply: exchange(
          server,
          `alter policy ${name} on ${table} ${open.join(' ')}`,
          `drop policy ${name} on ${table}; ${create(policy)}`,
        ),
      },
    ];
  });
}

const create = ({ name, table, roles: to, cmd, qual, with_check }: Policy): string =>
  `create policy ${name} on ${table} for ${cmd} to ${to.join(', ')}${qual === null ? '' : ` using (${qual})`}${with_check === null ? '' : ` with check (${with_check})`}`;

async function grantMutants(stage: MatrixStage): Promise<Mutant[]> {
  const { server } = stage.database;
  const { rows } = await server.query<Grant>(`
    select c.relname as "table", coalesce('(' || a.attname || ')', '') as "column", r.rolname as role, acl.privilege_type as privilege
    from (select oid as relation, null::smallint as place, relacl as acl from pg_class where relnamespace = 'public'::regnamespace
          union all select attrelid, attnum, attacl from pg_attribute where attnum > 0) one
    cross join lateral aclexplode(one.acl) acl join pg_roles r on r.oid = acl.grantee join pg_class c on c.oid = one.relation
    left join pg_attribute a on a.attrelid = one.relation and a.attnum = one.place
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and r.rolname like 'app\\_%'
    order by 1, 2, 3, 4`);
  return rows.map(({ table, column, role, privilege }) => ({
    kind: 'grant' as const,
    name: `grant of ${privilege} ${column} on ${table} to ${role} revoked`,
    table: table.replace(/^seen_/, ''),
    check: checkOf(stage, table.replace(/^seen_/, ''), [roleOf(role)], privilege),
    apply: exchange(
      server,
      `revoke ${privilege} ${column} on ${table} from ${role}`,
      `grant ${privilege} ${column} on ${table} to ${role}`,
    ),
  }));
}

/** Reading for what lets read, writing for the rest; only as the roles that are concerned. */
const checkOf =
  (stage: MatrixStage, name: string, concerned: readonly Role[], verb: string): Mutant['check'] =>
  async (tally) => {
    const table = stage.catalogue.get(name)!;
    for (const role of concerned)
      if (verb === 'SELECT' && isReadForOneself(name)) await checkOwnMachinery(stage, tally, name, role);
      else await (verb === 'SELECT' ? checkSelect : checkWriting)(stage, tally, table, role);
  };

const exchange =
  (server: Pool, remove: string, restore: string): Mutant['apply'] =>
  async () => {
    await server.query(remove);
    return async () => void (await server.query(restore));
  };

function guardMutants(stage: MatrixStage, probes: ReadonlyMap<string, readonly Probe[]>): Mutant[] {
  return syncDefinitions.map((definition) => {
    const table = definition.table.name;
    return {
      kind: 'guard' as const,
      name: `guard of ${table} removed`,
      table,
      apply: async () => {
        const { guard } = definition;
        definition.guard = () => Promise.resolve('allowed');
        return () => Promise.resolve(void (definition.guard = guard));
      },
      check: async (tally) => {
        for (const probe of (probes.get(table) ?? []).slice(0, 4)) {
          const answer = await askGuard(stage, definition, probe);
          const { verb, what } = probe.poke;
          tally.mustRefuse({ table, caller: probe.role, verb }, answer !== 'allowed', `${what} by the guard alone`);
        }
      },
    };
  });
}

function commandMutants(stage: MatrixStage): Mutant[] {
  return commandsOf(stage.server.app)
    .filter((command) => command.roles.length < roles.length)
    .map((command) => ({
      kind: 'command' as const,
      name: `command ${command.name} opened to everybody`,
      table: command.name,
      apply: async () => {
        const { roles: before } = command;
        const open = command as { roles: readonly Role[] };
        open.roles = roles;
        return () => Promise.resolve(void (open.roles = before));
      },
      check: (tally) => checkCallers(stage, tally, command),
    }));
}
