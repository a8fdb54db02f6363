import type { Tx } from '../../db/sql.ts';
import { AppError } from '../../http/errors.ts';

/** What somebody is enrolled in, and what it costs. */
export type Target = {
  pathway_id: string | null;
  course_id: string | null;
  /** The first course of a pathway. */
  first_course_id: string | null;
  batch_id: string | null;
  batch_start: string | null;
  name: string;
  /** Minor units; null = the company's usual fee. */
  price: number | null;
  currency: string;
  max_installments: number | null;
  access_duration_days: number | null;
};

type Asked = { pathway_id?: string | undefined; course_id?: string | undefined; batch_id?: string | undefined };
type Batch = { id: string; start_date: string; status: string; course_id: string | null; pathway_id: string | null };

/**
 * The one thing to enrol in (workflows 3.4 step 3): a pathway before a course; else what the batch is for; else, where the academy has
 * one course only, that course. A batch must hold it. Throws INVALID_INPUT (`NO_ENROLLMENT_TARGET`) and CONFLICT (`BATCH_CLOSED`).
 */
export async function findTarget(tx: Tx, asked: Asked): Promise<Target> {
  const batch = asked.batch_id === undefined ? null : await findBatch(tx, asked.batch_id);
  const named = Boolean(asked.pathway_id ?? asked.course_id);
  const pathway = asked.pathway_id ?? (named ? null : batch?.pathway_id);
  const course = pathway ? null : (asked.course_id ?? batch?.course_id ?? (await findOnlyCourse(tx)));
  const target = pathway ? await readPathway(tx, pathway) : course ? await readCourse(tx, course) : null;
  if (!target) throw refused('INVALID_INPUT', 'There is nothing to enrol in.', 'NO_ENROLLMENT_TARGET');
  if (batch && !(await holds(tx, batch, target)))
    throw refused('INVALID_INPUT', 'The batch is for something else.', 'NO_ENROLLMENT_TARGET');
  return { ...target, batch_id: batch?.id ?? null, batch_start: batch?.start_date ?? null };
}

const refused = (code: 'INVALID_INPUT' | 'CONFLICT', message: string, reason: string) =>
  new AppError(code, { message, details: { reason } });

/** A batch that still takes people. */
export async function findBatch(tx: Tx, id: string): Promise<Batch> {
  const { rows } = await tx.query<Batch>(
    'select id, start_date, status, course_id, pathway_id from batches where id = $1 and not is_deleted',
    [id],
  );
  const batch = rows[0];
  if (!batch) throw refused('INVALID_INPUT', 'There is no such batch.', 'NO_ENROLLMENT_TARGET');
  if (batch.status === 'completed') throw refused('CONFLICT', 'The batch is over.', 'BATCH_CLOSED');
  return batch;
}

/** Whether the batch is for this pathway or course; one that names neither takes everybody. */
export async function holds(
  tx: Tx,
  batch: Pick<Batch, 'id' | 'course_id' | 'pathway_id'>,
  { pathway_id, course_id }: Pick<Target, 'pathway_id' | 'course_id'>,
): Promise<boolean> {
  const { rows } = await tx.query<{ pathway_id: string | null; course_id: string | null }>(
    `select pathway_id, null::uuid as course_id from batch_pathways where batch_id = $1 and not is_deleted
     union all select null, course_id from batch_courses where batch_id = $1 and not is_deleted`,
    [batch.id],
  );
  const list = [batch, ...rows].filter((row) => row.pathway_id ?? row.course_id);
  return (
    list.length === 0 || list.some((row) => (pathway_id ? row.pathway_id === pathway_id : row.course_id === course_id))
  );
}

async function findOnlyCourse(tx: Tx): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `select c.id from courses c, company_settings s
     where not s.multi_course_enabled and c.is_default and c.is_active and not c.is_deleted`,
  );
  return rows[0]?.id ?? null;
}

type Offer = Omit<Target, 'batch_id' | 'batch_start'>;

async function readPathway(tx: Tx, id: string): Promise<Offer | null> {
  const { rows } = await tx.query<Offer>(
    `select p.id as pathway_id, null::uuid as course_id, p.name, nullif(p.price, 0) as price, p.currency, p.max_installments,
       p.access_duration_days,
       (select s.course_id from pathway_courses s where s.pathway_id = p.id and not s.is_deleted order by s.step_number limit 1)
         as first_course_id
     from learning_pathways p where p.id = $1 and p.is_active and not p.is_deleted`,
    [id],
  );
  return rows[0]?.first_course_id ? rows[0] : null;
}

async function readCourse(tx: Tx, id: string): Promise<Offer | null> {
  const { rows } = await tx.query<Offer>(
    `select null::uuid as pathway_id, id as course_id, null::uuid as first_course_id, title as name, nullif(price, 0) as price,
       currency, max_installments, access_duration_days
     from courses where id = $1 and is_active and not is_deleted`,
    [id],
  );
  return rows[0] ?? null;
}
