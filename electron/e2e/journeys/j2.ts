import { expect } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import { arrive, enter, expectPill, lessonRow, titles, visit } from '../support/acting.ts';
import type { Journey, Step } from '../support/journey.ts';
import { expectAllHere, expectSent, workOffline } from './offline-lesson.ts';

const killAndReturn: Step = {
  n: 6,
  name: 'The app is killed; offline again, everything is still there',
  async run(stage) {
    const device = await stage.device('ayesha');
    await device.kill();
    await device.start();
    await enter(device);
    await expectPill(device.page, 'offline');
    await expectAllHere(stage);
  },
};

/** Offline lesson to live unlock: the core of the product. */
export const j2: Journey = {
  name: 'J2',
  steps: [
    ...workOffline,
    killAndReturn,
    {
      n: 7,
      name: 'The network returns: everything arrives once',
      async run(stage) {
        const mentor = await stage.device('bilal');
        await arrive(mentor);
        await visit(mentor.page, '/mentor/reviews');
        await expect(mentor.page.getByRole('heading', { level: 1 })).toBeVisible();
        const device = await stage.device('ayesha');
        device.line.restore();
        await expectSent(stage);
      },
    },
    {
      n: 8,
      name: 'The mentor sees it without a reload, previews the file and approves',
      async run(stage) {
        const mentor = await stage.device('bilal');
        const { page } = mentor;
        const [work] = await stage.academy.query<{ id: string }>(
          'select id from submissions where student_id = $1 and assignment_id = $2',
          [e2eIds.ayesha, e2eIds.w1],
        );
        const row = page.getByTestId(`review-row-${work?.id}`);
        const chip = page.getByTestId('chip-new');
        await expect(chip.or(row).first()).toBeVisible({ timeout: 15_000 });
        if (await chip.isVisible()) await chip.click();
        await stage.lookForBarriers(mentor, 'review queue');
        await row.getByRole('link').click();
        await expect(page.getByTestId('file-preview')).toHaveAttribute('data-kind', 'pdf');
        await stage.lookForBarriers(mentor, 'review');
        // The student watches the list of lessons while the decision is made.
        const student = await stage.device('ayesha');
        await visit(student.page, `/learn/${e2eIds.c1}`);
        await expect(lessonRow(student.page, e2eIds.l2)).toHaveAttribute(
          'data-lock',
          'previous_assignment_not_approved',
        );
        await page.getByTestId('btn-approve').click();
        await page.getByTestId('field-review-notes').fill('Clear plan. Go on with the next lesson.');
        await page.getByTestId('btn-send-decision').click();
      },
    },
    {
      n: 9,
      name: 'The next lesson opens on the student’s screen, is announced, and its notice leads there',
      async run(stage) {
        const { page, app } = await stage.device('ayesha');
        await expect(lessonRow(page, e2eIds.l2)).toHaveAttribute('data-lock', 'open', { timeout: 5000 });
        await expect(page.getByTestId('live-region')).toContainText(titles.l2);
        if (process.env.ELECTRON_REAL !== '1') {
          await expect
            .poll(() =>
              app.electron.evaluate(
                ({ Notification }) => (Notification as unknown as { shown: { title: string }[] }).shown.length,
              ),
            )
            .toBeGreaterThan(0);
          await app.electron.evaluate(({ Notification }, title) => {
            const { shown } = Notification as unknown as {
              shown: { title: string; body: string; emit(name: string): void }[];
            };
            shown.findLast((notice) => `${notice.title} ${notice.body}`.includes(title))?.emit('click');
          }, titles.l2);
          await expect(page.getByRole('heading', { level: 1 })).toContainText(titles.l2);
        }
        const audit = await stage.academy.query(
          "select 1 from admin_logs where action = 'assignment_approved' and performed_by = $1",
          [e2eIds.bilal],
        );
        expect(audit).toHaveLength(1);
      },
    },
  ],
  later: [{ n: 9, name: 'The e-mail about the decision is sent' }],
};

/** The app dies while it is sending. */
export const j2KillApp: Journey = {
  name: 'J2-kill-app',
  steps: [
    ...workOffline,
    killAndReturn,
    {
      n: 7,
      name: 'The app is killed in the middle of sending, twice; everything arrives once',
      async run(stage) {
        const device = await stage.device('ayesha');
        device.line.throttle(400_000);
        for (const _round of [1, 2]) {
          const underWay = device.line.carried(150_000);
          device.line.restore();
          await underWay;
          await device.kill();
          // What is left to send must not leave before it is watched.
          device.line.cut();
          await device.start();
          await enter(device);
        }
        device.line.restore();
        device.line.throttle(null);
        await expectSent(stage);
      },
    },
  ],
  later: [],
};

/** The server dies while it is receiving. */
export const j2KillServer: Journey = {
  name: 'J2-kill-server',
  steps: [
    ...workOffline,
    {
      n: 6,
      name: 'The server is killed in the middle of receiving, twice; everything arrives once',
      async run(stage) {
        const device = await stage.device('ayesha');
        device.line.throttle(400_000);
        let underWay = device.line.carried(150_000);
        device.line.restore();
        for (const _round of [1, 2]) {
          await underWay;
          await stage.academy.kill();
          await expectPill(device.page, 'offline');
          underWay = device.line.carried(150_000);
          await stage.academy.restart();
        }
        device.line.throttle(null);
        await expectSent(stage);
      },
    },
  ],
  later: [],
};

/** The device's clock is set back by an hour between two sessions. */
export const j2ClockBack: Journey = {
  name: 'J2-clock-back',
  steps: [
    ...workOffline.slice(0, 4),
    {
      n: 5,
      name: 'The app ends, the clock goes back an hour, and the work is handed in',
      async run(stage) {
        const device = await stage.device('ayesha');
        await device.quit();
        const page = await device.start();
        await page.addInitScript(() => {
          const now = Date.now;
          const RealDate = Date;
          const hour = 3_600_000;
          class EarlierDate extends RealDate {
            constructor(...given: ConstructorParameters<typeof Date>) {
              if ((given as unknown[]).length === 0) super(now() - hour);
              else super(...given);
            }
            static override now(): number {
              return now() - hour;
            }
          }
          globalThis.Date = EarlierDate as DateConstructor;
        });
        // The start's own move to the first screen would cancel a reload that overtakes it.
        await enter(device);
        await expect(page.getByTestId('continue')).toBeVisible();
        await page.reload();
        await enter(device);
        expect(await page.evaluate(() => Date.now())).toBeLessThan(Date.now() - 3_000_000);
        await workOffline[4]?.run(stage);
        await expectAllHere(stage);
      },
    },
    {
      n: 6,
      name: 'The network returns: everything of both sessions arrives once',
      async run(stage) {
        const device = await stage.device('ayesha');
        device.line.restore();
        await expectSent(stage);
      },
    },
  ],
  later: [],
};
