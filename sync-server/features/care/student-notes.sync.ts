import { canNote, settlesRisk } from '#contract/rules/notes.ts';
import { studentNotes, type StudentNote } from '#contract/tables/care.ts';
import type { Tx } from '../../db/sql.ts';
import { defineSync, type PushContext } from '../../sync/define-sync.ts';
import { writeAudit } from '../people/index.ts';

/** A note about a student: written once, also offline, by whoever of the team has the student in scope. */
export const studentNotesSync = defineSync(studentNotes, {
  guard: async ({ tx, actor }, { before, set, deleted }) => {
    if (deleted) return 'not_allowed';
    if (before) return 'duplicate';
    const note = set as Pick<StudentNote, 'student_id' | 'author_id' | 'body'>;
    return canNote(actor, note, await seesStudent(tx, note.student_id));
  },
  after: async (context, { before, after }) => {
    const note = after as unknown as StudentNote | null;
    if (note && !before && settlesRisk(context.actor, note)) await settleRisk(context, note);
  },
});

/** As this person: the policy of `students` knows who looks after whom. */
async function seesStudent(tx: Tx, studentId: string): Promise<boolean> {
  return (await tx.query('select from students where id = $1', [studentId])).rowCount === 1;
}

async function settleRisk({ tx, deps, actor, now }: PushContext, note: StudentNote): Promise<void> {
  const { rows } = await tx.query<{ flag: string | null }>('select server_settle_risk($1, $2, $3) as flag', [
    deps.serverKey,
    note.student_id,
    now.toISOString(),
  ]);
  const flag = rows[0]?.flag;
  if (!flag) return;
  await writeAudit(tx, deps, {
    actor: actor.id,
    entity: 'at_risk_flags',
    id: flag,
    action: 'at_risk_resolved',
    about: note.student_id,
    summary: 'Somebody of the team was in touch',
    data: { note_id: note.id },
  });
}
