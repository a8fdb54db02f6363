import { createHash } from 'node:crypto';
import { expect } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import { arrive, expectPill, lessonRow, pdf, pill, playTo, visit } from '../support/acting.ts';
import type { Step } from '../support/journey.ts';
import type { Stage } from '../support/stage.ts';

export const planBytes = pdf(2 * 1024 * 1024);
export const planHash = createHash('sha256').update(planBytes).digest('hex');

/** J2 steps 1 to 5: a lesson is kept, the network goes, and a whole lesson's work is done without it. */
export const workOffline: Step[] = [
  {
    n: 1,
    name: 'The lesson is kept on the device',
    async run(stage) {
      const device = await stage.device('ayesha');
      await arrive(device);
      await expectPill(device.page, 'uptodate');
      await visit(device.page, `/learn/${e2eIds.c1}`);
      const row = lessonRow(device.page, e2eIds.l1);
      await row.getByTestId('btn-keep').click();
      await expect(row).toHaveAttribute('data-download', 'ready', { timeout: 30_000 });
    },
  },
  {
    n: 2,
    name: 'The network is cut',
    async run(stage) {
      const device = await stage.device('ayesha');
      device.line.cut();
      await expectPill(device.page, 'offline');
    },
  },
  {
    n: 3,
    name: 'The lesson plays to 95 % at double speed, with a note at 0:05',
    async run(stage) {
      const device = await stage.device('ayesha');
      const { page } = device;
      await visit(page, `/lesson/${e2eIds.l1}`);
      await page.waitForFunction(() => Number.isFinite(document.querySelector('video')?.duration), undefined, {
        timeout: 15_000,
      });
      const length = await page.locator('video').evaluate((video: HTMLVideoElement) => video.duration);
      await playTo(page, 5);
      await page.getByTestId('field-note').fill('Ask the supplier about **minimum orders**');
      await page.getByTestId('btn-add-note').click();
      await expect(page.getByTestId('note')).toContainText('minimum orders');
      await playTo(page, length * 0.95);
      await stage.lookForBarriers(device, 'lesson');
      await visit(page, `/learn/${e2eIds.c1}`);
      await expect(lessonRow(page, e2eIds.l1)).toHaveAttribute('data-state', 'done');
      await expect(lessonRow(page, e2eIds.l1).getByTestId('badge-sync-waiting')).toBeVisible();
    },
  },
  {
    n: 4,
    name: 'It is rated with five stars',
    async run(stage) {
      const { page } = await stage.device('ayesha');
      await visit(page, `/lesson/${e2eIds.l1}`);
      await page.getByTestId('btn-rate-5').click();
      await expect(page.getByTestId('lesson-rating')).toHaveAttribute('data-rating', '5');
    },
  },
  {
    n: 5,
    name: 'Work with a file is handed in and waits',
    async run(stage) {
      const device = await stage.device('ayesha');
      const { page } = device;
      await visit(page, `/assignments/${e2eIds.w1}`);
      await page
        .getByTestId('field-files')
        .setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: planBytes });
      await expect(page.getByTestId('file-plan.pdf')).toBeVisible();
      await page.getByTestId('btn-submit').click();
      await expect(page.getByTestId('status-pending').first()).toBeVisible();
      await expect(page.getByTestId('badge-sync-waiting').first()).toBeVisible();
      await expectPill(page, 'offline');
      await expect.poll(async () => Number(await pill(page).getAttribute('data-count'))).toBeGreaterThanOrEqual(4);
      await stage.lookForBarriers(device, 'assignment');
    },
  },
];

/** Everything done in `workOffline` is on this device, before it was sent. */
export async function expectAllHere(stage: Stage): Promise<void> {
  const { page } = await stage.device('ayesha');
  await visit(page, `/learn/${e2eIds.c1}`);
  await expect(lessonRow(page, e2eIds.l1)).toHaveAttribute('data-state', 'done');
  await visit(page, `/lesson/${e2eIds.l1}`);
  await expect(page.getByTestId('lesson-rating')).toHaveAttribute('data-rating', '5');
  await expect(page.getByTestId('note')).toHaveCount(1);
  await visit(page, `/assignments/${e2eIds.w1}`);
  await expect(page.getByTestId('status-pending').first()).toBeVisible();
  await expect(page.getByTestId('file-plan.pdf')).toBeVisible();
  await expect.poll(async () => Number(await pill(page).getAttribute('data-count'))).toBeGreaterThanOrEqual(4);
}

/** The server has each thing once, whole, and nothing twice. */
export async function expectAllArrivedOnce(stage: Stage): Promise<void> {
  const { academy } = stage;
  const submissions = await academy.query<{ version: number; status: string; file_ids: string[] }>(
    'select version, status, file_ids from submissions where student_id = $1 and assignment_id = $2',
    [e2eIds.ayesha, e2eIds.w1],
  );
  expect(submissions).toHaveLength(1);
  expect(submissions[0]).toMatchObject({ version: 1 });
  const files = await academy.query<{ sha256: string; status: string; bytes: number }>(
    "select sha256, status, bytes from files where owner_id = $1 and bucket = 'assignment-submissions'",
    [e2eIds.ayesha],
  );
  expect(files).toEqual([{ sha256: planHash, status: 'ready', bytes: planBytes.length }]);
  const ratings = await academy.query('select rating from recording_ratings where user_id = $1 and lesson_id = $2', [
    e2eIds.ayesha,
    e2eIds.l1,
  ]);
  expect(ratings).toEqual([{ rating: 5 }]);
  const notes = await academy.query<{ body: string }>(
    'select body from lesson_notes where user_id = $1 and not is_deleted',
    [e2eIds.ayesha],
  );
  expect(notes.map((note) => note.body)).toEqual(['Ask the supplier about **minimum orders**']);
  const [view] = await academy.query<{ watched: boolean; watched_seconds: number; duration_seconds: number }>(
    'select watched, watched_seconds::float8, duration_seconds::float8 from recording_views where user_id = $1 and lesson_id = $2',
    [e2eIds.ayesha, e2eIds.l1],
  );
  expect(view?.watched).toBe(true);
  expect((view?.watched_seconds ?? 0) / (view?.duration_seconds ?? 1)).toBeGreaterThanOrEqual(0.9);
}

/** After the network is back: everything leaves, the badges go, the server has it once. */
export async function expectSent(stage: Stage): Promise<void> {
  const { page } = await stage.device('ayesha');
  await expectPill(page, 'uptodate', 90_000);
  await expect(page.getByTestId('badge-sync-waiting')).toHaveCount(0);
  await expectAllArrivedOnce(stage);
}
