import {
  previewSessionSchema,
  sessionHostSchema,
  sessionIdSchema,
  sessionPreviewSchema,
  type SessionPreview,
} from '#contract/api/sessions.ts';
import { asServer } from '../../db/as-actor.ts';
import { defineCommand } from '../../http/commands.ts';
import { openSecretBox } from '../identity/index.ts';
import { auditSession } from './audit-session.ts';
import { findAudience, lockSession, requirePlanner } from './session-row.ts';

/** Who would see a session that is planned like this; asked by whoever may plan it. */
export const previewSessionVisibility = defineCommand({
  name: 'preview-session-visibility',
  summary: 'Who would see a session planned like this',
  input: previewSessionSchema,
  output: sessionPreviewSchema,
  roles: ['mentor', 'admin', 'superadmin'],
  writes: false,
  run: ({ deps, actor }, { course_id = null, batch_ids = [], ...given }) =>
    asServer(deps.server, async (tx): Promise<SessionPreview> => {
      const plan = { ...given, course_id, batch_ids };
      await requirePlanner(tx, actor, { ...plan, mentor_id: actor.id });
      const audience = await findAudience(tx, plan);
      const { rows: batches } = await tx.query<SessionPreview['batches'][number]>(
        `select b.id as batch_id, b.name, count(distinct s.id)::int as students
         from unnest($1::uuid[]) as s(id)
         left join course_enrollments e
           on e.student_id = s.id and not e.is_deleted and e.status <> 'cancelled' and e.batch_id is not null
         left join batches b on b.id = e.batch_id
         group by b.id, b.name order by b.name nulls last`,
        [audience],
      );
      const { rows: students } = await tx.query<SessionPreview['students'][number]>(
        'select id, full_name from users where id = any($1::uuid[]) order by full_name, id limit 200',
        [audience],
      );
      return { total: audience.length, batches, students };
    }),
});

/** Shows the host's own sign-in to the host or to staff; each look is in the trail. Its answer is not stored for replay. */
export const revealSessionHost = defineCommand({
  name: 'reveal-session-host',
  summary: 'Show the host sign-in of a session, once',
  input: sessionIdSchema,
  output: sessionHostSchema,
  roles: ['mentor', 'admin', 'superadmin'],
  writes: false,
  run: (context, { session_id }) =>
    asServer(context.deps.server, async (tx) => {
      await lockSession(tx, context.actor, session_id);
      const { rows } = await tx.query<{ host_login_email: string | null; host_login_secret: Buffer | null }>(
        'select host_login_email, host_login_secret from success_sessions where id = $1',
        [session_id],
      );
      const { host_login_email, host_login_secret: sealed } = rows[0]!;
      const box = openSecretBox(context.deps.config);
      await auditSession({ ...context, tx }, session_id, 'session_host_revealed', null, {
        had_secret: sealed !== null,
      });
      return {
        host_login_email,
        host_login_secret: sealed && box.open(sealed.toString('utf8'), `success_sessions:${session_id}`),
      };
    }),
});
