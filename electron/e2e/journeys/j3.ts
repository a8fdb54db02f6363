import { expect } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import { arrive, expectPill, visit } from '../support/acting.ts';
import type { Journey } from '../support/journey.ts';

const first = 'My first plan: sell cups to everybody.';
const second = 'My second plan: sell insulated cups to commuters in Lahore.';
const feedback = 'Who exactly is it for? Name one group of buyers.';

const work = (page: import('@playwright/test').Page) => visit(page, `/assignments/${e2eIds.w2}`);

/** Conflict, nothing lost: the student writes anew offline while the mentor decides. */
export const j3: Journey = {
  name: 'J3',
  steps: [
    {
      n: 1,
      name: 'The first version is handed in online',
      async run(stage) {
        const device = await stage.device('ayesha');
        await arrive(device);
        await work(device.page);
        await device.page.getByTestId('field-content').fill(first);
        await device.page.getByTestId('btn-submit').click();
        await expect(device.page.getByTestId('status-pending').first()).toBeVisible();
        await expectPill(device.page, 'uptodate');
      },
    },
    {
      n: 2,
      name: 'Offline she withdraws it and hands in another text',
      async run(stage) {
        const device = await stage.device('ayesha');
        const { page } = device;
        device.line.cut();
        await expectPill(page, 'offline');
        await page.getByTestId('btn-withdraw').click();
        await page.getByTestId('dialog-withdraw').getByTestId('btn-confirm').click();
        await page.getByTestId('field-content').fill(second);
        await page.getByTestId('btn-submit').click();
        await expect(page.getByTestId('attempt-2')).toContainText(second);
      },
    },
    {
      n: 3,
      name: 'The mentor declines the first version meanwhile',
      async run(stage) {
        const mentor = await stage.device('bilal');
        await arrive(mentor);
        const { page } = mentor;
        await visit(page, '/mentor/reviews');
        const [attempt] = await stage.academy.query<{ id: string }>(
          'select id from submissions where student_id = $1 and assignment_id = $2',
          [e2eIds.ayesha, e2eIds.w2],
        );
        await page.getByTestId(`review-row-${attempt?.id}`).getByRole('link').click();
        await page.getByTestId('btn-decline').click();
        await page.getByTestId('field-review-notes').fill(feedback);
        await page.getByTestId('btn-send-decision').click();
        await expectPill(page, 'uptodate');
        await expect
          .poll(
            async () =>
              (
                await stage.academy.query<{ status: string }>('select status from submissions where id = $1', [
                  attempt?.id,
                ])
              )[0]?.status,
          )
          .toBe('declined');
      },
    },
    {
      n: 4,
      name: 'Back online the app says that something needs her',
      async run(stage) {
        const device = await stage.device('ayesha');
        device.line.restore();
        await expectPill(device.page, 'problem', 60_000);
        await expect(device.page.getByTestId('badge-sync-conflict').first()).toBeVisible();
      },
    },
    {
      n: 5,
      name: 'Both versions stand side by side, with the feedback',
      async run(stage) {
        const device = await stage.device('ayesha');
        const { page } = device;
        await page.getByTestId('btn-review-problem').click();
        await expect(page.getByTestId('conflict-mine')).toContainText(second);
        await expect(page.getByTestId('conflict-theirs')).toContainText(first);
        await expect(page.getByTestId('conflict-theirs')).toContainText(feedback);
        await stage.lookForBarriers(device, 'conflict');
      },
    },
    {
      n: 6,
      name: 'Hers is sent as version 2; version 1 keeps its feedback',
      async run(stage) {
        const { page } = await stage.device('ayesha');
        await page.getByTestId('btn-send-mine').click();
        await expectPill(page, 'uptodate', 30_000);
        const attempts = await stage.academy.query(
          'select version, status, content, notes from submissions where student_id = $1 and assignment_id = $2 order by version',
          [e2eIds.ayesha, e2eIds.w2],
        );
        expect(attempts).toEqual([
          { version: 1, status: 'declined', content: first, notes: feedback },
          { version: 2, status: 'pending', content: second, notes: null },
        ]);
        await work(page);
        await expect(page.getByTestId('attempt-1').getByTestId('feedback')).toContainText(feedback);
      },
    },
  ],
  later: [{ n: 7, name: 'The variant with a ticket that was closed meanwhile' }],
};

/** The variant in which the mentor approves: nothing more can be sent, and her text is kept. */
export const j3Approved: Journey = {
  name: 'J3-approved',
  steps: [
    ...j3.steps.slice(0, 2),
    {
      n: 3,
      name: 'The mentor approves the first version meanwhile',
      async run(stage) {
        const mentor = await stage.device('bilal');
        await arrive(mentor);
        const { page } = mentor;
        const [attempt] = await stage.academy.query<{ id: string }>(
          'select id from submissions where student_id = $1 and assignment_id = $2',
          [e2eIds.ayesha, e2eIds.w2],
        );
        await visit(page, `/mentor/reviews/${attempt?.id}`);
        await page.getByTestId('btn-approve').click();
        await page.getByTestId('btn-send-decision').click();
        await expectPill(page, 'uptodate');
        await expect
          .poll(
            async () =>
              (
                await stage.academy.query<{ status: string }>('select status from submissions where id = $1', [
                  attempt?.id,
                ])
              )[0]?.status,
          )
          .toBe('approved');
      },
    },
    ...j3.steps.slice(3, 4),
    {
      n: 5,
      name: 'Sending is not offered; her text can be copied and is kept',
      async run(stage) {
        const { page } = await stage.device('ayesha');
        await page.getByTestId('btn-review-problem').click();
        await expect(page.getByTestId('conflict-mine')).toContainText(second);
        await expect(page.getByTestId('btn-send-mine')).toHaveCount(0);
        await page.getByTestId('btn-keep-theirs').click();
        await expectPill(page, 'uptodate', 30_000);
        const attempts = await stage.academy.query(
          'select version, status from submissions where student_id = $1 and assignment_id = $2',
          [e2eIds.ayesha, e2eIds.w2],
        );
        expect(attempts).toEqual([{ version: 1, status: 'approved' }]);
      },
    },
  ],
  later: [],
};
