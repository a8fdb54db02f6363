import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Enrolled } from '#contract/api/accounts.ts';
import { openStage, type Stage } from './stage.fixture.ts';

export let stage: Stage;
export const reason = 'because of a test';
export type Created = {
  user_id: string;
  student_number: string;
  enrolment: Enrolled;
  email_status: { status: string };
};
export const student = (more: Record<string, unknown> = {}) => ({
  full_name: 'Sana Iqbal',
  email: `sana-${randomUUID().slice(0, 8)}@new.test`,
  course_id: stage.course,
  ...more,
});
export const auditOf = (id: string) =>
  stage.rows<{ action: string; data: Record<string, unknown>; performed_by: string | null }>(
    `select l.action, coalesce(p.data, l.data) as data, l.performed_by from admin_logs l left join admin_log_people p using (id)
     where l.target_user_id = $1 order by l.created_at`,
    [id],
  );
export const mailsTo = (id: string) =>
  stage.rows<{ template_key: string; payload: Record<string, unknown>; body: string | null }>(
    'select template_key, payload, body from email_queue where user_id = $1 order by id',
    [id],
  );

/** Opens all this before the tests of a file, and closes it after them. */
export function openPeopleForTests(): void {
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());
}
