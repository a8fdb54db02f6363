import { expect, test } from '@playwright/test';
import type { Page } from 'playwright';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import type { Academy } from '../support/academy.ts';
import { expectPill, titles, visit } from '../support/acting.ts';
import { arriveAs, barriers, startWebAcademy, type Visitor } from './visitor.ts';

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

const letter = 'Dear Hamza, your parcel is late and that is our fault.';
const work = (page: Page): Promise<void> => visit(page, `/assignments/${e2eIds.w2}`);
const arrived = (): Promise<object[]> =>
  academy.query('select version, status, content from submissions where student_id = $1 and assignment_id = $2', [
    e2eIds.ayesha,
    e2eIds.w2,
  ]);

test('work handed in without a network outlives a reload and arrives once', async ({ browser }) => {
  visitor = await arriveAs('ayesha', { browser, academy });
  const { page, line, context } = visitor;
  await expectPill(page, 'uptodate');
  await work(page);
  await expect(page.getByTestId('field-content')).toBeVisible();

  line.cut();
  await expectPill(page, 'offline');
  await page.getByTestId('field-content').fill(letter);
  await page.getByTestId('btn-submit').click();
  await expect(page.getByTestId('attempt-1')).toContainText(letter);
  await expect(page.getByTestId('badge-sync-waiting').first()).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(await arrived()).toEqual([]);

  // A browser fetches the page itself anew; behind it the server stays silent.
  await context.route(/\/(sync|auth|storage|functions)\/v1\//, (route) => route.abort('internetdisconnected'));
  line.restore();
  await page.reload();
  await expect(page.getByTestId('attempt-1')).toContainText(letter);
  await expectPill(page, 'offline');
  await visit(page, '/home');
  await expect(page.getByTestId('continue')).toContainText(titles.l1);
  expect(await arrived()).toEqual([]);

  await context.unroute(/\/(sync|auth|storage|functions)\/v1\//);
  await expectPill(page, 'uptodate', 60_000);
  await work(page);
  await expect(page.getByTestId('badge-sync-waiting')).toHaveCount(0);
  expect(await arrived()).toEqual([{ version: 1, status: 'pending', content: letter }]);
  expect(visitor.errors).toEqual([]);
});

/** Every local database and every word that web storage holds. */
const kept = (page: Page): Promise<{ databases: string[]; storage: string }> =>
  page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  }));

const openSessions = async (): Promise<number> =>
  (await academy.query('select 1 from auth_sessions where user_id = $1 and revoked_at is null', [e2eIds.ayesha]))
    .length;

test('signing out leaves no replica and no token in the browser', async ({ browser }) => {
  visitor = await arriveAs('ayesha', { browser, academy });
  const { page } = visitor;
  await expectPill(page, 'uptodate');
  const sessions = await openSessions();
  const before = await kept(page);
  const own = before.databases.filter((name) => name.includes(e2eIds.ayesha));
  expect(own.length, 'there is something to remove').toBeGreaterThan(3);
  expect(before.storage).toContain('refresh_token');

  await page.getByTestId('btn-account').click();
  await page.getByTestId('menu-sign-out').click();
  await page.getByTestId('dialog-sign-out').getByTestId('btn-confirm').click();
  await expect(page.getByTestId('field-email')).toBeVisible();
  await expect.poll(async () => (await kept(page)).databases).toEqual([]);
  expect((await kept(page)).storage).not.toContain('refresh_token');

  await page.reload();
  await expect(page.getByTestId('field-email')).toBeVisible();
  expect(await openSessions(), 'the server ended the session too').toBe(sessions - 1);
  expect(visitor.errors).toEqual([]);
});

test('the sign-in lives in the tab: another tab of the same browser asks for it', async ({ browser }) => {
  visitor = await arriveAs('ayesha', { browser, academy });
  const other = await visitor.context.newPage();
  await other.goto('/');
  await expect(other.getByTestId('field-email')).toBeVisible();
});
