import { canChoose } from '#contract/rules/choosing.ts';
import { advancePathwayRequest, advancePathwayResponse } from '#contract/api/onboarding.ts';
import { nextMove } from '#contract/rules/pathways.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Tx } from '../../db/sql.ts';
import { defineCommand } from '../../http/commands.ts';
import { AppError } from '../../http/errors.ts';
import { advancePathway, lockProgress, recomputeUnlocks } from '../learning/index.ts';
import { writeAudit } from '../people/index.ts';
import { readChoice } from './facts.ts';

type Step = Parameters<typeof nextMove>[1][number];
type Place = {
  enrolment_id: string;
  status: 'active' | 'completed' | 'paused' | 'cancelled';
  current_course_id: string | null;
  awaiting_choice: boolean;
  steps: Step[];
};

/**
 * Moves a student's pathway on (workflows 3.31): to the course picked at a choice, or past an optional course. A completed
 * course moves it on by itself; a mandatory one that is not completed is a CONFLICT.
 */
export const advancePathwayCommand = defineCommand({
  name: 'advance-pathway',
  summary: 'Pick the next course of a pathway, or leave an optional one out',
  input: advancePathwayRequest,
  output: advancePathwayResponse,
  roles: ['student'],
  writes: true,
  run: ({ deps, actor, session }, { pathway_id, selected_course_id }) =>
    asActor(
      deps.people,
      actor,
      async (tx) => {
        await lockProgress(tx, actor.id);
        const place = await readPlace(tx, deps.serverKey, actor.id, pathway_id);
        if (selected_course_id) await pick(tx, deps.serverKey, actor.id, place, pathway_id, selected_course_id);
        else if (!place.awaiting_choice) await leaveOut(tx, deps.serverKey, place, pathway_id);
        await recomputeUnlocks(tx, deps, actor.id);
        const { status, current_course_id, awaiting_choice } = await readPlace(
          tx,
          deps.serverKey,
          actor.id,
          pathway_id,
        );
        await writeAudit(tx, deps, {
          actor: actor.id,
          entity: 'course_enrollments',
          id: place.enrolment_id,
          action: 'pathway_advanced',
          about: actor.id,
          summary: 'Moved on in the pathway',
          data: { from: place.current_course_id, to: current_course_id },
        });
        return { status, current_course_id, awaiting_choice };
      },
      { claims: { session_id: session.id } },
    ),
});

async function readPlace(tx: Tx, key: string, studentId: string, pathwayId: string): Promise<Place> {
  const { rows } = await tx.query<{ place: Place | null }>('select server_pathway_place($1, $2, $3) as place', [
    key,
    studentId,
    pathwayId,
  ]);
  const place = rows[0]?.place;
  if (!place) throw new AppError('NOT_FOUND');
  return place;
}

async function pick(
  tx: Tx,
  key: string,
  studentId: string,
  { steps }: Place,
  pathwayId: string,
  courseId: string,
): Promise<void> {
  const group = steps.find(({ course_id }) => course_id === courseId)?.choice_group ?? null;
  if (group === null) throw new AppError('INVALID_INPUT', { message: 'This course is not to be chosen.' });
  const verdict = canChoose(await readChoice(tx, key, { studentId, pathwayId, group }), courseId);
  if (verdict === 'invalid') throw new AppError('INVALID_INPUT');
  if (verdict !== 'allowed') throw new AppError('CONFLICT', { message: 'The choice is fixed.' });
  await tx.query('select server_pick_course($1, $2, $3, $4, $5)', [key, studentId, pathwayId, group, courseId]);
}

/** Goes past an optional course, as if it were done. */
async function leaveOut(tx: Tx, key: string, place: Place, pathwayId: string): Promise<void> {
  const { steps, current_course_id, status } = place;
  const here = steps.find(({ course_id }) => course_id === current_course_id);
  if (status !== 'active' || here?.is_mandatory !== false)
    throw new AppError('CONFLICT', { message: 'The course is not completed yet.' });
  const move = nextMove({ pathway_id: pathwayId, current_course_id, status }, steps, new Set([here.course_id]));
  if (move.kind === 'course') await advancePathway(tx, key, place.enrolment_id, move.course_id);
  else if (move.kind === 'choice') await advancePathway(tx, key, place.enrolment_id, null);
  else throw new AppError('CONFLICT', { message: 'There is no step behind this one.' });
}
