import { expect, test } from '@playwright/test';
import { e2eIds } from '../../sync-server/seed/e2e.ts';
import { password } from './support/academy.ts';
import { emails, expectPill } from './support/acting.ts';
import { expectFocus, focusNow, press, tabTo } from './support/keyboard.ts';
import { Stage, type Device } from './support/stage.ts';

let stage: Stage;
test.beforeEach(async () => {
  stage = await Stage.set();
});
test.afterEach(() => stage?.strike());

/** From the sign-in form into the app, with keys alone. */
async function signInByKeys({ page, person }: Device): Promise<void> {
  await expect(page.getByTestId('field-email')).toBeFocused();
  await page.keyboard.type(emails[person]);
  await tabTo(page, 'field-password', { within: 2 });
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  const start = page.getByTestId('btn-start');
  await expect(start).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 });
  await tabTo(page, 'btn-start', { within: 4 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation').first()).toBeVisible();
}

const place = (device: Device): Promise<string> => device.page.evaluate(() => location.hash.slice(1));

test('a student learns and hands in work with the keyboard alone', async () => {
  const device = await stage.device('ayesha');
  const page = await device.start();
  await signInByKeys(device);

  // The first stop of every start leads past the navigation.
  await expectPill(page, 'uptodate');
  await page.reload();
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await tabTo(page, 'skip-link', { within: 1 });
  await expect(page.getByTestId('skip-link')).toBeInViewport();
  await press(page, 'Enter');
  expect(await focusNow(page)).toMatchObject({ at: 'place' });
  await expect(page.locator('#content')).toBeFocused();

  // Lessons, by the shortcut and by the sidebar.
  await press(page, 'Control+2');
  await expect.poll(() => place(device)).toBe('/learn');
  await tabTo(page, 'nav-home', { key: 'Shift+Tab' });
  await press(page, 'Enter');
  await expect.poll(() => place(device)).toBe('/home');
  await tabTo(page, 'nav-learn', { key: 'Shift+Tab' });
  await press(page, 'Enter');
  await expect.poll(() => place(device)).toBe('/learn');

  // The other course, then its first lesson.
  await expect(page.getByTestId('field-course')).toBeVisible();
  await tabTo(page, 'field-course');
  await page.keyboard.press('Enter');
  const courses = page.getByRole('option');
  await expect(courses.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(courses.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(() => place(device)).toBe(`/learn/${e2eIds.c2}`);
  await expectFocus(page, 'choosing the course');
  await expect(page.getByTestId(`lesson-row-${e2eIds.k1}`)).toBeVisible();
  await tabTo(page, 'link-lesson');
  await press(page, 'Enter');
  await expect.poll(() => place(device)).toBe(`/lesson/${e2eIds.k1}`);

  // Play, pause, and a note at this moment.
  const player = page.getByTestId('player');
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
    timeout: 60_000,
  });
  await press(page, 'k');
  await expect(player).toHaveAttribute('data-state', 'playing');
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
  await press(page, 'k');
  await expect(player).toHaveAttribute('data-state', 'paused');
  await press(page, 'n');
  await expect(page.getByTestId('field-note')).toBeFocused();
  await page.keyboard.type('Answer within a day. kjn');
  await expect(player, 'letters in a field are letters').toHaveAttribute('data-state', 'paused');
  await press(page, 'Control+Enter');
  await expect(page.getByTestId('note')).toContainText('Answer within a day. kjn');
  await expect(page.getByTestId('field-note')).toBeFocused();
  await expect(page.getByTestId('field-note')).toHaveValue('');

  // Through the tabs to the work that belongs to the lesson.
  await tabTo(page, 'tab-notes', { key: 'Shift+Tab' });
  await press(page, 'ArrowRight');
  await expect(page.getByTestId('tab-attachments')).toBeFocused();
  await press(page, 'ArrowRight');
  await expect(page.getByTestId('tab-work')).toBeFocused();
  await tabTo(page, 'btn-open-assignment', { within: 2 });
  await press(page, 'Enter');
  await expect.poll(() => place(device)).toBe(`/assignments/${e2eIds.w2}`);
  await expect(page.getByTestId('field-content')).toBeVisible();
  await tabTo(page, 'field-content');
  await page.keyboard.type('Dear Hamza, your parcel leaves today.');
  await press(page, 'Control+Enter');
  await expect(page.getByTestId('attempt-1')).toContainText('your parcel leaves today');
  await expectFocus(page, 'handing in');
  await expectPill(page, 'uptodate');
  expect(
    await stage.academy.query('select content, status from submissions where assignment_id = $1', [e2eIds.w2]),
  ).toEqual([{ content: 'Dear Hamza, your parcel leaves today.', status: 'pending' }]);

  // Help is one key away, and leaving it leads back to where one was.
  await press(page, 'F1');
  await expect(page.getByTestId('dialog-shortcuts')).toBeVisible();
  await press(page, 'Escape');
  await expect(page.getByTestId('dialog-shortcuts')).toHaveCount(0);
  expect(stage.consoleErrors).toEqual([]);
});

test('a mentor goes through the queue with the keyboard alone', async () => {
  // Two pieces of work, the older first.
  await stage.academy.query(
    `insert into submissions (student_id, assignment_id, version, status, content, submitted_at, client_submitted_at)
     values ($1, $2, 1, 'pending', 'A plan in words', now() - interval '2 hours', now() - interval '2 hours'),
            ($1, $3, 1, 'pending', 'A letter in words', now() - interval '1 hour', now() - interval '1 hour')`,
    [e2eIds.ayesha, e2eIds.w1, e2eIds.w2],
  );
  const ids = (await stage.academy.query<{ id: string }>('select id from submissions order by submitted_at')).map(
    ({ id }) => id,
  );
  const device = await stage.device('bilal');
  const page = await device.start();
  await signInByKeys(device);
  await press(page, 'Control+2');
  await expect.poll(() => place(device)).toBe('/mentor/reviews');
  await expect(page.getByTestId(`review-row-${ids[1]}`)).toBeVisible();

  // What is on the screen counts, not the address: keys act on what the mentor sees.
  const titles = ['Your business plan', 'A letter to a customer'];
  const expectOpen = async (index: 0 | 1): Promise<void> => {
    await expect(page.getByTestId(`review-row-${ids[index]}`).getByRole('link')).toHaveAttribute(
      'aria-current',
      'true',
    );
    await expect(page.getByRole('article').getByRole('heading', { level: 2 }).first()).toHaveText(titles[index] ?? '');
  };
  await press(page, 'j');
  await expectOpen(0);
  await press(page, 'j');
  await expectOpen(1);
  await press(page, 'k');
  await expectOpen(0);

  // A slip of the finger decides nothing.
  await press(page, 'd');
  await expect(page.getByTestId('field-review-notes')).toBeFocused();
  await press(page, 'Escape');
  await expect(page.getByTestId('field-review-notes')).toHaveCount(0);
  await expectFocus(page, 'closing the note');

  await press(page, 'a');
  await expect(page.getByTestId('field-review-notes')).toBeFocused();
  await page.keyboard.type('Clear and short. jk');
  await press(page, 'Control+Enter');
  await expectOpen(1);
  await expectFocus(page, 'approving');

  await press(page, 'd');
  await expect(page.getByTestId('field-review-notes')).toBeFocused();
  await page.keyboard.type('Say when the parcel arrives.');
  await press(page, 'Control+Enter');
  await expect(page.getByTestId('decision')).toBeVisible();
  await expectFocus(page, 'the last decision');
  await expectPill(page, 'uptodate');
  expect(await stage.academy.query('select status, notes from submissions order by submitted_at')).toEqual([
    { status: 'approved', notes: 'Clear and short. jk' },
    { status: 'declined', notes: 'Say when the parcel arrives.' },
  ]);
  expect(stage.consoleErrors).toEqual([]);
});
