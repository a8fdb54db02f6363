import { expect, test } from '@playwright/test';
import type { Page } from 'playwright';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import type { Academy } from '../support/academy.ts';
import { enter, expectPill, signIn, visit } from '../support/acting.ts';
import { asStaff, liftSuspension } from '../support/as-staff.ts';
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

/** All that lies in the browser's databases, as text; bytes as the letters they would be. */
const disk = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const ask = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error as Error);
      });
    const found: string[] = [JSON.stringify([{ ...localStorage }, { ...sessionStorage }])];
    for (const { name } of await indexedDB.databases()) {
      const database = await ask(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        const rows = await ask(database.transaction(store).objectStore(store).getAll());
        found.push(
          JSON.stringify(rows, (_key, value: unknown) =>
            value instanceof ArrayBuffer || ArrayBuffer.isView(value)
              ? new TextDecoder('latin1').decode(value as ArrayBuffer)
              : value,
          ),
        );
      }
      database.close();
    }
    return found.join('\n');
  });

test('a suspended student is signed out with an empty browser, and gets the unsent work back after the lift', async ({
  browser,
}) => {
  visitor = await arriveAs('ayesha', { browser, academy });
  const { page, line } = visitor;
  await expectPill(page, 'uptodate');
  await visit(page, `/assignments/${e2eIds.w2}`);
  await expect(page.getByTestId('field-content')).toBeVisible();
  line.cut();
  await expectPill(page, 'offline');
  await page.getByTestId('field-content').fill(letter);
  await page.getByTestId('btn-submit').click();
  await expect(page.getByTestId('attempt-1')).toContainText(letter);
  expect(await disk(page), 'the scan finds what is there').toContain(letter);
  expect(await disk(page)).toContain('ayesha@falcon.academy');

  await asStaff(academy, 'suspend-student', {
    user_id: e2eIds.ayesha,
    cause: 'manual',
    reason: 'words for staff only',
  });
  line.restore();
  await expect(page.getByTestId('signed-out')).toBeVisible({ timeout: 60_000 });
  expect(await barriers(page)).toEqual([]);
  const left = await disk(page);
  for (const text of [letter, 'ayesha@falcon.academy', 'refresh_token', 'words for staff only'])
    expect(left, text).not.toContain(text);

  // Read once, it stays away; the account stays shut.
  await page.reload();
  await expect(page.getByTestId('signed-out')).toBeVisible();
  await page.getByTestId('btn-back-to-sign-in').click();
  await expect(page.getByTestId('field-email')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('field-email')).toBeVisible();

  await liftSuspension(academy, e2eIds.ayesha);
  await signIn(visitor);
  await enter(visitor);
  await expect(page.getByTestId('banner-kept')).toBeVisible();
  await page.getByTestId('btn-review-kept').click();
  await expect(page.getByTestId('kept-piece')).toContainText(letter);
  expect(await barriers(page)).toEqual([]);
  await page.getByTestId('btn-put-back').click();
  await expect(page.getByTestId('kept-work')).toHaveCount(0);
  await expectPill(page, 'uptodate', 60_000);
  expect(
    await academy.query(
      'select version, status, content from submissions where student_id = $1 and assignment_id = $2',
      [e2eIds.ayesha, e2eIds.w2],
    ),
  ).toEqual([{ version: 1, status: 'pending', content: letter }]);
  expect(visitor.errors).toEqual([]);
});
