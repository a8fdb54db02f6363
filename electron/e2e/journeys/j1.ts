import { expect } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import { enter, expectPill, lessonRow, pill, signIn, titles, visit } from '../support/acting.ts';
import type { Journey } from '../support/journey.ts';

/** First run: sign in, watch the first sync, find the next step, and find it again without a network. */
export const j1: Journey = {
  name: 'J1',
  steps: [
    {
      n: 2,
      name: 'The first sync shows real progress and lets the student in before it is complete',
      async run(stage) {
        // Enough behind the essential part that its arrival can be seen on a slow line.
        await stage.academy.query(
          `insert into notifications (user_id, type, title, body, payload, sent_at)
           select $1, 'assignment_reviewed', 'Notice ' || n, repeat(md5(n::text), 8), '{}', now() - n * interval '1 minute'
           from generate_series(1, 3000) n`,
          [e2eIds.ayesha],
        );
        const device = await stage.device('ayesha');
        device.line.throttle(60_000);
        await device.start();
        await expect(device.page.getByTestId('field-email')).toBeVisible();
        await stage.lookForBarriers(device, 'sign-in');
        await signIn(device);
        await expectPill(device.page, 'preparing');
        const start = device.page.getByTestId('btn-start');
        await expect(start).not.toHaveAttribute('aria-disabled', 'true', { timeout: 30_000 });
        const percent = Number.parseInt((await pill(device.page).textContent()) ?? '', 10);
        expect(percent, 'the app opens before everything is here').toBeLessThan(100);
        await expect
          .poll(async () => Number.parseInt((await pill(device.page).textContent()) ?? '', 10))
          .toBeGreaterThan(percent);
        await stage.lookForBarriers(device, 'first sync');
        device.line.throttle(null);
        await enter(device);
        await expectPill(device.page, 'uptodate', 60_000);
      },
    },
    {
      n: 4,
      name: 'Home leads to the first lesson, the second says what it waits for',
      async run(stage) {
        const device = await stage.device('ayesha');
        const { page } = device;
        await expect(page.getByTestId('continue')).toContainText(titles.l1);
        await stage.lookForBarriers(device, 'home');
        await visit(page, `/learn/${e2eIds.c1}`);
        await expect(lessonRow(page, e2eIds.l1)).toHaveAttribute('data-lock', 'open');
        await expect(lessonRow(page, e2eIds.l2)).toHaveAttribute('data-lock', 'previous_lesson_not_watched');
        await stage.lookForBarriers(device, 'lessons');
      },
    },
    {
      n: 5,
      name: 'Without a network Home comes from this device, and nothing complains',
      async run(stage) {
        const device = await stage.device('ayesha');
        await device.quit();
        device.line.cut();
        const page = await device.start();
        await expect(page.getByTestId('continue')).toContainText(titles.l1);
        await expectPill(page, 'offline');
        await expect(page.getByTestId('toast')).toHaveCount(0);
      },
    },
  ],
  later: [
    { n: 1, name: 'The invitation link sets the password' },
    { n: 3, name: 'Onboarding' },
  ],
};
