import {
  auditPageSchema,
  exportAuditSchema,
  exportedAuditSchema,
  listAuditSchema,
  type AuditEntry,
} from '#contract/api/audit.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { writeAudit } from '../people/index.ts';
import { auditCsv } from './csv.ts';
import { readAuditPage, readCursor } from './read-audit.ts';

const mostExported = 10_000;
const pageSize = 1000;

export const listAudit = defineCommand({
  name: 'list-audit',
  summary: 'The audit trail, newest first, as far as the caller may see it',
  input: listAuditSchema,
  output: auditPageSchema,
  roles: ['admin', 'superadmin'],
  writes: false,
  privileged: true,
  run: ({ deps, actor }, { cursor, limit, ...filter }) => {
    const after = readCursor(cursor);
    return asActor(deps.people, actor, (tx) => readAuditPage(tx, deps, filter, { after, limit }));
  },
});

export const exportAudit = defineCommand({
  name: 'export-audit',
  summary: 'The audit trail as CSV',
  input: exportAuditSchema,
  output: exportedAuditSchema,
  roles: ['superadmin'],
  // Leaves a line itself.
  writes: true,
  privileged: true,
  run: async ({ deps, actor, requestId }, filter) => {
    const entries: AuditEntry[] = [];
    let next: string | null = null;
    do {
      const after = readCursor(next ?? undefined);
      const page = await asActor(deps.people, actor, (tx) =>
        readAuditPage(tx, deps, filter, { after, limit: pageSize }),
      );
      entries.push(...page.entries);
      next = page.next;
    } while (next !== null && entries.length < mostExported);
    const data = { filter, rows: entries.length };
    await asServer(deps.server, (tx) =>
      writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'admin_logs',
        id: actor.id,
        action: 'audit_exported',
        about: null,
        summary: '',
        data,
        request: requestId,
      }),
    );
    return { csv: auditCsv(entries), rows: entries.length, complete: next === null };
  },
});
