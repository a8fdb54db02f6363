import {
  alertedMentorSchema,
  alertMentorSchema,
  atRiskRulesAnswerSchema,
  updateAtRiskRulesSchema,
} from '#contract/api/care.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';

const roles = ['admin', 'superadmin'] as const;

/** From when on a student counts as at risk; what follows is worked out in the night. */
export const updateAtRiskRules = defineCommand({
  name: 'update-at-risk-rules',
  summary: 'Change when a student counts as at risk',
  input: updateAtRiskRulesSchema,
  output: atRiskRulesAnswerSchema,
  roles,
  writes: true,
  privileged: true,
  run: ({ deps, actor, requestId }, rules) =>
    asServer(deps.server, async (tx) => {
      const { rows: before } = await tx.query('select * from at_risk_rules for no key update');
      const { rows } = await tx.query<{ id: string; v: string }>(
        `update at_risk_rules set no_login_days = $1, stuck_recording_days = $2, stuck_assignment_days = $3,
           missed_sessions_count = $4, configured = true returning id, v`,
        [rules.no_login_days, rules.stuck_recording_days, rules.stuck_assignment_days, rules.missed_sessions_count],
      );
      const { id, v } = rows[0]!;
      const old = Object.fromEntries(Object.keys(rules).map((name) => [name, before[0]?.[name]]));
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'at_risk_rules',
        id,
        action: 'at_risk_rules_updated',
        about: null,
        summary: '',
        data: { before: old, after: rules },
        request: requestId,
      });
      return { v };
    }),
});

const words = {
  no_login: 'was not here for a while',
  stuck_recording: 'has not watched the newest lesson',
  stuck_assignment: 'has not handed in the newest work',
  missed_sessions: 'missed sessions',
} as const;

/** Asks the student's primary mentor to look after them; once a day. */
export const alertMentor = defineCommand({
  name: 'notify-at-risk-mentor',
  summary: 'Ask the mentor to look after a student at risk',
  input: alertMentorSchema,
  output: alertedMentorSchema,
  roles,
  writes: true,
  privileged: true,
  run: ({ deps, actor, now, requestId }, { student_id }) =>
    asServer(deps.server, async (tx) => {
      const { rows } = await tx.query<{
        flag: string;
        mentor: string | null;
        name: string;
        reasons: (keyof typeof words)[];
      }>(
        `select f.id as flag, u.full_name as name, array(select r ->> 'code' from jsonb_array_elements(f.reasons) as r) as reasons,
           (select a.mentor_id from student_mentor_assignments a
            where a.student_id = u.id and a.ended_at is null and not a.is_deleted order by a.is_primary desc, a.assigned_at limit 1) as mentor
         from at_risk_flags f join users u on u.id = f.student_id
         where f.student_id = $1 and f.closed_at is null and not f.is_deleted`,
        [student_id],
      );
      const found = rows[0];
      if (!found) throw new AppError('NOT_FOUND', { message: 'The student is not at risk.' });
      if (!found.mentor) throw new AppError('CONFLICT', { message: 'The student has no mentor.' });
      const reasons = found.reasons.map((code) => words[code]).join(', ');
      await notify(tx, deps, {
        template: 'at_risk_student_alert',
        to: found.mentor,
        fields: { student_name: found.name, reasons },
        link: `student/${student_id}`,
        dedupe: `at_risk_alert:${found.flag}:${now.toISOString().slice(0, 10)}`,
      });
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'at_risk_flags',
        id: found.flag,
        action: 'at_risk_mentor_alerted',
        about: student_id,
        summary: reasons,
        data: { mentor_id: found.mentor },
        request: requestId,
      });
      return { mentor_id: found.mentor };
    }),
});
