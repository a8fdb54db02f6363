import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import { emails, expectPill, titles, visit } from '../support/acting.ts';
import { password, startAcademy, stopSharedPostgres, type Academy } from '../support/academy.ts';

/** The same renderer in a plain browser, as the server hands it out. */
let academy: Academy;
test.beforeAll(async () => {
  academy = await startAcademy();
});
test.afterAll(async () => {
  await academy.stop();
  await stopSharedPostgres();
});

/** Signs in and goes through the first sync; returns what the console complained of, to be looked at when the test is over. */
async function arrive(page: Page, person: keyof typeof emails): Promise<string[]> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(academy.url);
  await page.getByTestId('field-email').fill(emails[person]);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('btn-sign-in').click();
  const start = page.getByTestId('btn-start');
  const shell = page.getByRole('navigation').first();
  await expect(start.or(shell).first()).toBeVisible({ timeout: 30_000 });
  if (await start.isVisible()) await start.click();
  await expect(shell).toBeVisible();
  return complaints;
}

test('a student signs in, sees the first lesson and its film', async ({ page }) => {
  const complaints = await arrive(page, 'ayesha');
  await expect(page.getByTestId('continue')).toContainText(titles.l1);
  await visit(page, `/lesson/${e2eIds.l1}`);
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
    timeout: 30_000,
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual(
    [],
  );
  expect(complaints).toEqual([]);
});

test('a reload finds the person still signed in, and a dead line only says so', async ({ page, context }) => {
  const complaints = await arrive(page, 'bilal');
  await expectPill(page, 'uptodate');
  await page.reload();
  await expectPill(page, 'uptodate');
  expect(complaints).toEqual([]);
  await context.setOffline(true);
  await expectPill(page, 'offline');
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await context.setOffline(false);
  await expectPill(page, 'uptodate');
});

test('a wrong password is refused in words, and nothing is shown', async ({ page }) => {
  await page.goto(academy.url);
  await page.getByTestId('field-email').fill(emails.ayesha);
  await page.getByTestId('field-password').fill('not the pass phrase');
  await page.getByTestId('btn-sign-in').click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page.getByTestId('sync-pill')).toHaveCount(0);
});

test('an inline script does not run: the page holds to its content security policy', async ({ page }) => {
  await page.goto(academy.url);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.smuggled = true';
    document.head.append(script);
    return 'smuggled' in window;
  });
  expect(ran).toBe(false);
});
