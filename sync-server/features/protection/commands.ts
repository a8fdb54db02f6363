import type { FastifyInstance } from 'fastify';
import {
  dismissSignalSchema,
  judgedSchema,
  presenceReportedSchema,
  reportPresenceSchema,
  resolveErrorSchema,
  warnSchema,
} from '#contract/api/protection.ts';
import { roles, type Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify, queueOutside, type Message } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';

const staff: Role[] = ['admin', 'superadmin'];
/** Reports come often enough that one may be lost before somebody counts as gone. */
const reportEverySeconds = 40;

const reportPresence = defineCommand({
  name: 'report-presence',
  summary: 'I am here, and at this',
  input: reportPresenceSchema,
  output: presenceReportedSchema,
  roles,
  // Said again it says the same, so there is no answer to be kept for.
  writes: false,
  run: ({ deps, actor, session, address, userAgent, now }, { device_label, device_fingerprint, current_activity }) =>
    asActor(deps.people, actor, async (tx) => {
      await tx.query('select server_report_presence($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)', [
        deps.serverKey,
        actor.id,
        session.id,
        device_label,
        device_fingerprint,
        userAgent,
        address,
        current_activity && JSON.stringify(current_activity),
        now,
      ]);
      return { next_in_seconds: reportEverySeconds };
    }),
});

const dismissSignal = defineCommand({
  name: 'dismiss-security-signal',
  summary: 'Put a signal aside, or take it up again',
  input: dismissSignalSchema,
  output: judgedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { id, dismissed }) =>
    asActor(deps.people, actor, async (tx) => {
      const known = await tx.query('select from security_signals where id = $1', [id]);
      if (known.rows.length === 0) throw new AppError('NOT_FOUND');
      const { rows } = await tx.query<{ about: string | null }>('select server_dismiss_signal($1, $2, $3) as about', [
        deps.serverKey,
        id,
        dismissed,
      ]);
      const about = rows[0]?.about;
      if (about)
        await writeAudit(tx, deps, {
          actor: actor.id,
          entity: 'security_signals',
          id,
          action: dismissed ? 'signal_dismissed' : 'signal_taken_up',
          about,
          summary: dismissed ? 'A signal was put aside' : 'A signal was taken up again',
        });
      return { id };
    }),
});

/** The strongest answer to a signal that is given here. Locking somebody out is a decision of its own, taken elsewhere. */
const warn = defineCommand({
  name: 'warn-about-content-use',
  summary: 'Write to a student because of an incident',
  input: warnSchema,
  output: judgedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { incident_id, note }) =>
    asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ noted: { user_id: string; signal: string } | null }>(
        'select server_note_warning($1, $2) as noted',
        [deps.serverKey, incident_id],
      );
      const noted = rows[0]?.noted;
      if (!noted) throw new AppError('NOT_FOUND');
      const message: Message = {
        template: 'content_warning',
        to: noted.user_id,
        fields: { note },
        link: 'support',
        dedupe: `content_warning:${incident_id}`,
      };
      await notify(tx, deps, message);
      await queueOutside(tx, deps, message);
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'security_incidents',
        id: incident_id,
        action: 'content_warning_sent',
        about: noted.user_id,
        summary: noted.signal,
        data: { note },
      });
      return { id: incident_id };
    }),
});

const resolveError = defineCommand({
  name: 'resolve-error',
  summary: 'Mark a fault as looked after, or as open again',
  input: resolveErrorSchema,
  output: judgedSchema,
  roles: ['superadmin'],
  writes: true,
  run: ({ deps, actor, now }, { id, resolved }) =>
    asActor(deps.people, actor, async (tx) => {
      const known = await tx.query('select from error_logs where id = $1', [id]);
      if (known.rows.length === 0) throw new AppError('NOT_FOUND');
      await tx.query('select server_resolve_error($1, $2, $3, $4, $5)', [deps.serverKey, id, resolved, actor.id, now]);
      return { id };
    }),
});

export function protectionCommands(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, reportPresence);
  addCommand(app, deps, dismissSignal);
  addCommand(app, deps, warn);
  addCommand(app, deps, resolveError);
}
