import { billingSettingsAnswerSchema, updateBillingSettingsSchema } from '#contract/api/billing.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { writeAudit } from '../people/index.ts';

type Settings = Record<string, unknown> & { id: string; v: string };

/** How the company bills (workflows 3.35); what is left out stays. Invoices that exist keep their terms. */
export const updateBillingSettings = defineCommand({
  name: 'update-billing-settings',
  summary: 'Change how the company bills',
  input: updateBillingSettingsSchema,
  output: billingSettingsAnswerSchema,
  roles: ['superadmin'],
  writes: true,
  privileged: true,
  once: async ({ tx, deps, actor }, { expected_revision, ...wanted }) => {
    const { rows } = await tx.query<Settings>('select * from billing_settings for no key update');
    const before = rows[0]!;
    if (expected_revision !== undefined && expected_revision !== before.v) throw new AppError('CONFLICT');
    const changed = Object.entries(wanted).filter(
      ([column, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before[column]),
    );
    if (changed.length === 0) return { v: before.v, changed: [] };
    const names = changed.map(([column]) => column);
    // The names are those of the parsed shape, never the caller's.
    const { rows: after } = await tx.query<Settings>(
      `update billing_settings b set (${names.join(', ')}) =
           (select ${names.map((column) => `x.${column}`).join(', ')} from jsonb_populate_record(b, $1) x) returning *`,
      [JSON.stringify(Object.fromEntries(changed))],
    );
    await tx.query(
      `insert into settings_revisions (entity, entity_id, before, changed_by) values ('billing_settings', $1, $2, $3)`,
      [before.id, JSON.stringify(before), actor.id],
    );
    await writeAudit(tx, deps, {
      actor: actor.id,
      entity: 'settings',
      id: before.id,
      action: 'settings_updated',
      about: null,
      summary: `Billing: ${names.join(', ')}`,
      data: {
        before: Object.fromEntries(names.map((column) => [column, before[column]])),
        after: Object.fromEntries(changed),
      },
    });
    return { v: after[0]!.v, changed: names };
  },
});
