import { expect } from '@playwright/test';
import type { Browser, Page } from 'playwright';
import { e2eIds } from '../../sync-server/seed/e2e.ts';
import { startAcademy, type Academy } from '../../electron/e2e/support/academy.ts';
import { enter, expectPill, signIn, visit } from '../../electron/e2e/support/acting.ts';
import { asStaff, liftSuspension } from '../../electron/e2e/support/as-staff.ts';
import type { PersonName } from '../../electron/e2e/support/stage.ts';
import { arriveAs, type Visitor } from '../../electron/e2e/web/visitor.ts';
import type { Camera } from './camera.ts';

type Set = {
  academy: Academy;
  /** Somebody who has just signed in and synced, each time in another browser. */
  arrive(person: PersonName): Promise<Visitor>;
  look(page: Page, name: string): Promise<void>;
};

const task = `/assignments/${e2eIds.w2}`;
const first = 'My first plan: sell cups to everybody who drinks tea.';
const second = 'My second plan: sell insulated cups to commuters in Lahore, first by the shops at the Metro stations.';

/** Opens the work while there is a line: in a browser the code of a screen comes with its first visit or some seconds later. */
async function openTask({ page }: Visitor): Promise<void> {
  await visit(page, task);
  await page.getByTestId('field-content').waitFor();
}

async function handIn({ page }: Visitor, text: string): Promise<void> {
  await page.getByTestId('field-content').fill(text);
  await page.getByTestId('btn-submit').click();
}

async function goOffline({ page, line }: Visitor): Promise<void> {
  line.cut();
  await expectPill(page, 'offline');
}

async function decide({ page }: Visitor, how: 'approve' | 'decline', notes: string): Promise<void> {
  await page.getByTestId(`btn-${how}`).click();
  await page.getByTestId('field-review-notes').fill(notes);
  await page.getByTestId('btn-send-decision').click();
}

/** The last attempt, once the server has it: the pill may say that all is sent a moment before the work is in the queue. */
async function attempt({ academy }: Set): Promise<string> {
  let id: string | undefined;
  await expect(async () => {
    const rows = await academy.query<{ id: string }>(
      'select id from submissions where student_id = $1 and assignment_id = $2 order by version desc limit 1',
      [e2eIds.ayesha, e2eIds.w2],
    );
    id = rows[0]?.id;
    expect(id).toBeDefined();
  }).toPass({ timeout: 15_000 });
  return id!;
}

/** What no screen shows by itself: states that something must happen for. Each has an academy of its own. */
const moments: Record<string, (set: Set) => Promise<void>> = {
  async waiting({ arrive, look }) {
    const ayesha = await arrive('ayesha');
    await visit(ayesha.page, '/sync');
    await ayesha.page.getByTestId('sync-state').waitFor();
    await openTask(ayesha);
    await goOffline(ayesha);
    await handIn(ayesha, first);
    await expect(ayesha.page.getByTestId('attempt-1')).toContainText(first);
    await look(ayesha.page, 'waiting.assignment');
    await visit(ayesha.page, '/sync');
    await expect(ayesha.page.getByRole('heading', { level: 1 })).toBeVisible();
    await look(ayesha.page, 'waiting.sync-details');
  },

  async 'no-code'({ arrive, look }) {
    const ayesha = await arrive('ayesha');
    await ayesha.page.route(/screen-[^/]*\.js$/, (route) => route.abort());
    await goOffline(ayesha);
    await visit(ayesha.page, '/profile');
    await ayesha.page.getByRole('alert').waitFor();
    await look(ayesha.page, 'no-code.screen');
    await ayesha.page.unrouteAll();
    ayesha.line.restore();
    await expect(ayesha.page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible({ timeout: 30_000 });
  },

  async conflict(set) {
    const ayesha = await set.arrive('ayesha');
    await openTask(ayesha);
    await handIn(ayesha, first);
    await expectPill(ayesha.page, 'uptodate');
    const bilal = await set.arrive('bilal');
    await goOffline(ayesha);
    await ayesha.page.getByTestId('btn-withdraw').click();
    await ayesha.page.getByTestId('dialog-withdraw').getByTestId('btn-confirm').click();
    await handIn(ayesha, second);
    await visit(bilal.page, `/mentor/reviews/${await attempt(set)}`);
    await decide(bilal, 'decline', 'Who exactly is it for? Name one group of buyers.');
    await expectPill(bilal.page, 'uptodate');
    ayesha.line.restore();
    await expectPill(ayesha.page, 'problem', 60_000);
    await set.look(ayesha.page, 'conflict.assignment');
    await ayesha.page.getByTestId('btn-review-problem').click();
    await expect(ayesha.page.getByTestId('conflict-theirs')).toContainText(first);
    await set.look(ayesha.page, 'conflict.sync-details');
  },

  async 'second-verdict'(set) {
    const ayesha = await set.arrive('ayesha');
    await openTask(ayesha);
    await handIn(ayesha, first);
    await expectPill(ayesha.page, 'uptodate');
    const review = `/mentor/reviews/${await attempt(set)}`;
    const late = await set.arrive('bilal');
    await visit(late.page, review);
    await expect(late.page.getByTestId('btn-decline')).toBeVisible();
    await goOffline(late);
    await decide(late, 'decline', 'Name one group of buyers, and where you meet them.');
    const early = await set.arrive('bilal');
    await visit(early.page, review);
    await decide(early, 'approve', 'A good start.');
    await expectPill(early.page, 'uptodate');
    late.line.restore();
    await expectPill(late.page, 'problem', 60_000);
    await visit(late.page, '/sync');
    await expect(late.page.getByTestId('verdict-standing')).toBeVisible();
    await set.look(late.page, 'second-verdict.sync-details');
    await late.page.getByTestId('btn-discard').click();
    await late.page.getByTestId('dialog-discard').waitFor();
    await set.look(late.page, 'second-verdict.discard');
    await late.page.keyboard.press('Escape');
    // Dealt with on the one computer while the other has no line: it is not asked again there.
    late.line.cut();
    await visit(early.page, '/sync');
    await expectPill(early.page, 'problem');
    await set.look(early.page, 'second-verdict.other-computer');
    await early.page.getByTestId('btn-discard').click();
    await early.page.getByTestId('dialog-discard').getByTestId('btn-confirm').click();
    await expectPill(early.page, 'uptodate');
    await expect(late.page.getByTestId('verdict-standing')).toBeVisible();
    late.line.restore();
    await expectPill(late.page, 'uptodate', 60_000);
    await expect(late.page.getByTestId('verdict-standing')).toHaveCount(0);
    await set.look(late.page, 'second-verdict.dealt-with-elsewhere');
  },

  async wipe({ academy, arrive, look }) {
    const ayesha = await arrive('ayesha');
    const { page, line } = ayesha;
    await openTask(ayesha);
    await goOffline(ayesha);
    await handIn(ayesha, second);
    await expect(page.getByTestId('attempt-1')).toContainText(second);
    await asStaff(academy, 'suspend-student', { user_id: e2eIds.ayesha, cause: 'manual', reason: 'for the picture' });
    line.restore();
    await page.getByTestId('signed-out').waitFor({ timeout: 60_000 });
    await look(page, 'wipe.signed-out');
    await page.getByTestId('btn-back-to-sign-in').click();
    await signIn(ayesha);
    await page.getByTestId('sign-in-message').waitFor();
    await look(page, 'wipe.sign-in-refused');
    await liftSuspension(academy, e2eIds.ayesha);
    await page.reload();
    await signIn(ayesha);
    await enter(ayesha);
    await page.getByTestId('banner-kept').waitFor();
    await look(page, 'wipe.home-with-kept-work');
    await page.getByTestId('btn-review-kept').click();
    await expect(page.getByTestId('kept-piece')).toContainText(second);
    await look(page, 'wipe.kept-work');
  },

  async 'please-update'({ arrive, look }) {
    const { page, line } = await arrive('ayesha');
    await tellOfAge(page, 'app');
    line.cut();
    line.restore();
    await expect(outdated(page)).toBeVisible({ timeout: 60_000 });
    await look(page, 'please-update.home');
    await visit(page, '/sync');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look(page, 'please-update.sync-details');
    await page.unrouteAll();
    await tellOfAge(page, 'server');
    await page.getByTestId('btn-sync-now').click();
    await expect(page.getByRole('status').filter({ hasText: 'server' }).first()).toBeVisible();
    await look(page, 'please-update.server-behind');
  },
};

const outdated = (page: Page) => page.getByRole('link', { name: 'Sync: Update needed' });

/** Answers whatever asks for changes as a server that speaks another version does. */
const tellOfAge = (page: Page, behind: 'app' | 'server'): Promise<unknown> =>
  page.route(/\/sync\/v1\/(pull|stream|check)$/, (route) =>
    route.fulfill({
      status: 426,
      json: {
        success: false,
        code: 'UPGRADE_REQUIRED',
        error: 'Another version is spoken here.',
        details: { version: 'protocol', oldest: 2, newest: 2, behind },
      },
    }),
  );

/** The moments whose name has `only` in it. */
export async function lookAtMoments(browser: Browser, camera: Camera, only: string): Promise<void> {
  for (const [name, play] of Object.entries(moments)) {
    if (!name.includes(only)) continue;
    const academy = await startAcademy();
    const visitors: Visitor[] = [];
    try {
      await play({
        academy,
        look: camera.look,
        async arrive(person) {
          const visitor = await arriveAs(person, { browser, academy });
          visitors.push(visitor);
          return visitor;
        },
      });
    } finally {
      for (const visitor of visitors) {
        visitor.errors.forEach((text) => camera.complain(`${name} ${visitor.person}: ${text}`));
        await visitor.close();
      }
      await academy.stop();
    }
  }
}
