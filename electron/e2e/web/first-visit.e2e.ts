import { expect, test } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import type { Academy } from '../support/academy.ts';
import { enter, expectPill, lessonRow, signIn, titles, visit } from '../support/acting.ts';
import { arriveAs, barriers, startWebAcademy, visitAs, type Visitor } from './visitor.ts';

let academy: Academy;
let visitor: Visitor | undefined;
test.beforeAll(async () => {
  academy = await startWebAcademy();
});
test.afterEach(async () => {
  await visitor?.close();
  visitor = undefined;
});
test.afterAll(() => academy?.stop());

test('a browser is enough: sign in, first sync, home, lessons', async ({ browser }) => {
  visitor = await visitAs('ayesha', { browser, academy });
  const { page } = visitor;
  await expect(page.getByTestId('field-email')).toBeFocused();
  expect(await barriers(page)).toEqual([]);
  await signIn(visitor);
  await enter(visitor);
  await expectPill(page, 'uptodate');
  await expect(page.getByTestId('continue')).toContainText(titles.l1);
  expect(await barriers(page)).toEqual([]);

  await page.getByTestId('nav-learn').click();
  await expect(lessonRow(page, e2eIds.l1)).toHaveAttribute('data-lock', 'open');
  await expect(lessonRow(page, e2eIds.l2)).toHaveAttribute('data-lock', 'previous_lesson_not_watched');
  // Keeping lessons for offline is the desktop's; the browser does not offer what it cannot do.
  await expect(page.getByTestId('btn-keep')).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  expect(visitor.errors).toEqual([]);
});

test('a wrong password is answered in words, under a form that keeps the address', async ({ browser }) => {
  visitor = await visitAs('ayesha', { browser, academy });
  const { page } = visitor;
  await page.getByTestId('field-email').fill('ayesha@falcon.academy');
  await page.getByTestId('field-password').fill('not the pass phrase');
  await page.getByTestId('btn-sign-in').click();
  await expect(page.getByTestId('sign-in-message')).toBeVisible();
  await expect(page.getByTestId('field-email')).toHaveValue('ayesha@falcon.academy');
  expect(await barriers(page)).toEqual([]);
});

test('a lesson streams in parts, and seeking fetches from there', async ({ browser }) => {
  visitor = await arriveAs('ayesha', { browser, academy });
  const { page, line } = visitor;
  const parts: { start: number; total: number }[] = [];
  page.on('response', (response) => {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers()['content-range'] ?? '');
    if (response.status() === 206 && range) parts.push({ start: Number(range[1]), total: Number(range[2]) });
  });
  // Slow enough that the end of the film is not here yet when it is asked for.
  line.throttle(40_000);
  await visit(page, `/lesson/${e2eIds.l1}`);
  await page.waitForFunction(() => Number.isFinite(document.querySelector('video')?.duration), undefined, {
    timeout: 60_000,
  });
  expect(parts.length, 'the film comes in parts').toBeGreaterThan(0);

  const slider = page.getByTestId('player-seek');
  await slider.focus();
  await slider.press('End');
  await expect.poll(() => parts.some(({ start, total }) => start > total / 2), { timeout: 60_000 }).toBe(true);
  line.throttle(null);
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
    timeout: 60_000,
  });
  const { position, duration } = await page
    .locator('video')
    .evaluate((video: HTMLVideoElement) => ({ position: video.currentTime, duration: video.duration }));
  expect(position).toBeGreaterThan(duration * 0.8);
  expect(await barriers(page)).toEqual([]);
  expect(visitor.errors).toEqual([]);
});
