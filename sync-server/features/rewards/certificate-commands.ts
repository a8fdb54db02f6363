import type { FastifyInstance } from 'fastify';
import {
  correctCertificateSchema,
  issueCertificateSchema,
  issuedSchema,
  recommendCertificateSchema,
  revokeCertificateSchema,
  revokedSchema,
} from '#contract/api/rewards.ts';
import type { Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { notify } from '../notifications/index.ts';
import { writeAudit } from '../people/index.ts';
import { issueCertificate, revokeCertificate } from './certificates.ts';

const staff: Role[] = ['admin', 'superadmin'];

const issue = defineCommand({
  name: 'issue-certificate',
  summary: 'Issue a certificate by hand',
  input: issueCertificateSchema,
  output: issuedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { student_id, type, target_id }) =>
    asActor(deps.people, actor, async (tx) => {
      const known = await tx.query('select from students where id = $1', [student_id]);
      if (known.rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such student.' });
      const issued = await issueCertificate(tx, deps, {
        studentId: student_id,
        kind: type,
        targetId: target_id,
        by: actor.id,
      });
      if (!issued)
        throw new AppError('CONFLICT', { message: 'There is a valid one already, or nothing to issue it for.' });
      return { id: issued.id, number: issued.number };
    }),
});

const revoke = defineCommand({
  name: 'revoke-certificate',
  summary: 'Revoke a certificate; its row and number stay',
  input: revokeCertificateSchema,
  output: revokedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { certificate_id, reason }) =>
    asActor(deps.people, actor, async (tx) => {
      const done = await revokeCertificate(tx, deps, { certificateId: certificate_id, by: actor.id, reason });
      if (!done) throw new AppError('NOT_FOUND', { message: 'There is no such valid certificate.' });
      return { id: certificate_id };
    }),
});

type Corrected = { before: string; student_id: string; number: string };

const correctName = defineCommand({
  name: 'correct-certificate-name',
  summary: 'Print another name on a certificate; the number stays',
  input: correctCertificateSchema,
  output: revokedSchema,
  roles: staff,
  writes: true,
  run: ({ deps, actor }, { certificate_id, printed_name }) =>
    asActor(deps.people, actor, async (tx) => {
      const { rows } = await tx.query<{ corrected: Corrected | null }>(
        'select server_correct_certificate($1, $2, $3) as corrected',
        [deps.serverKey, certificate_id, printed_name],
      );
      const corrected = rows[0]?.corrected;
      if (!corrected) throw new AppError('NOT_FOUND', { message: 'There is no such valid certificate.' });
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'certificates',
        id: certificate_id,
        action: 'certificate_name_corrected',
        about: corrected.student_id,
        summary: corrected.number,
        data: { before: { printed_name: corrected.before }, after: { printed_name } },
      });
      return { id: certificate_id };
    }),
});

/** A recommendation is a line of the trail; the rule of a track that asks for a mentor's word looks it up there. */
const recommend = defineCommand({
  name: 'recommend-certificate',
  summary: 'Recommend an own student for the certificate of a track',
  input: recommendCertificateSchema,
  output: revokedSchema,
  roles: ['mentor'],
  writes: true,
  run: ({ deps, actor }, { student_id, track_id, notes }) =>
    asActor(deps.people, actor, async (tx) => {
      const student = await tx.query<{ full_name: string }>(
        "select full_name from users where id = $1 and role = 'student'",
        [student_id],
      );
      const track = await tx.query<{ name: string }>('select name from course_tracks where id = $1', [track_id]);
      const mentor = await tx.query<{ full_name: string }>('select full_name from users where id = $1', [actor.id]);
      if (!student.rows[0] || !track.rows[0]) throw new AppError('NOT_FOUND');
      await writeAudit(tx, deps, {
        actor: actor.id,
        entity: 'course_tracks',
        id: track_id,
        action: 'certificate_recommended',
        about: student_id,
        summary: track.rows[0].name,
        data: { notes },
      });
      const fields = {
        mentor: mentor.rows[0]!.full_name,
        student_name: student.rows[0].full_name,
        title: track.rows[0].name,
        note: notes,
      };
      const team = await tx.query<{ id: string }>('select server_staff($1) as id', [deps.serverKey]);
      for (const { id } of team.rows) {
        const dedupe = `certificate_recommended:${actor.id}:${student_id}:${track_id}:${id}`;
        await notify(tx, deps, {
          template: 'certificate_recommended',
          to: id,
          fields,
          link: `student/${student_id}`,
          dedupe,
        });
      }
      return { id: track_id };
    }),
});

export function certificateCommands(app: FastifyInstance, deps: Deps): void {
  addCommand(app, deps, issue);
  addCommand(app, deps, revoke);
  addCommand(app, deps, correctName);
  addCommand(app, deps, recommend);
}
