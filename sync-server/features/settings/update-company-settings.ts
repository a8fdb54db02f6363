import {
  settingsOfAdmins,
  settingsSavedSchema,
  updateCompanySettingsSchema,
  type CompanySettingsChange,
} from '#contract/api/settings.ts';
import type { Actor } from '#contract/roles.ts';
import { asActor, asServer } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import type { Deps } from '../../deps.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import { recomputeUnlocksJob } from '../learning/index.ts';
import { writeAudit } from '../people/index.ts';
import { diff } from './diff.ts';

type State = Record<string, unknown> & { id: string; v: string };

/** Settings that decide which lessons are open: when one changes, everybody's lessons are decided anew. */
const unlockSettings = [
  'lms_sequential_unlock',
  'drip_enabled_default',
  'rating_gate_from',
  'lookahead_lessons',
  'watch_complete_percent',
  'timezone',
];
const fileSettings = ['logo_file_id', 'onboarding_document_file_id'] as const;

export const updateCompanySettings = defineCommand({
  name: 'update-company-settings',
  summary: 'Change the company’s settings',
  input: updateCompanySettingsSchema,
  output: settingsSavedSchema,
  roles: ['admin', 'superadmin'],
  writes: true,
  run: ({ deps, actor }, { settings, expected_revision: seen }) =>
    changeCompany(deps, actor, settings, { seen: seen ?? null, action: 'settings_updated' }),
});

/** Changes settings as this person: rights, the files they name, revision, trail; and lessons, where they depend on them. */
export async function changeCompany(
  deps: Deps,
  actor: Actor,
  settings: CompanySettingsChange,
  { seen, action }: { seen: string | null; action: 'settings_updated' | 'settings_restored' },
): Promise<{ id: string; revision: string }> {
  requireRight(actor, settings);
  const after = await asActor(deps.people, actor, async (tx) => {
    await requireFiles(tx, settings);
    const { rows } = await tx.query<{ change: { before: State; after: State } | null }>(
      'select server_update_company($1, $2::jsonb, $3, $4) as change',
      [deps.serverKey, JSON.stringify(settings), seen, actor.id],
    );
    const change = rows[0]?.change;
    if (!change) throw new AppError('CONFLICT', { message: 'Somebody changed the settings meanwhile.' });
    const changed = diff(change.before, change.after);
    if (changed.fields.length > 0)
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'company_settings',
        id: change.after.id,
        action,
        about: null,
        summary: `Changed ${changed.fields.join(', ')}`,
        data: { before: changed.before, after: changed.after },
      });
    return { ...change.after, touchesUnlocks: changed.fields.some((field) => unlockSettings.includes(field)) };
  });
  if (after.touchesUnlocks)
    await asServer(deps.server, (tx) =>
      enqueue(tx, recomputeUnlocksJob, { everybody: true }, { key: `${recomputeUnlocksJob.name}:everybody` }),
    );
  return { id: after.id, revision: after.v };
}

function requireRight({ role }: Actor, settings: CompanySettingsChange): void {
  if (role === 'superadmin') return;
  const beyond = Object.keys(settings).filter((field) => !Object.hasOwn(settingsOfAdmins, field));
  if (beyond.length > 0)
    throw new AppError('PERMISSION_DENIED', {
      message: 'Only a superadmin changes these settings.',
      details: { fields: beyond },
    });
}

/** Pictures and documents of the company stand in its public bucket, whole. */
async function requireFiles(tx: Tx, settings: CompanySettingsChange): Promise<void> {
  for (const field of fileSettings) {
    const file = settings[field];
    if (!file) continue;
    const { rows } = await tx.query(
      "select from files where id = $1 and bucket = 'company-logos' and status = 'ready'",
      [file],
    );
    if (rows.length === 0)
      throw new AppError('INVALID_INPUT', { details: [{ path: field, message: 'There is no such public file.' }] });
  }
}
