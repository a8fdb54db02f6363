import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { inboxKey, threadId } from '#contract/rules/messages.ts';
import { startAcademy, type Academy } from '../../../../electron/e2e/support/academy.ts';
import { signIn } from '../../../../electron/e2e/support/acting.ts';
import { e2eIds } from '../../../../sync-server/seed/e2e.ts';
import { openBrowser } from './browser.ts';
import type { HomeFigures } from './figures.ts';
import { watchArrival, type Arrival } from './watch-arrival.ts';

const root = path.resolve(import.meta.dirname, '../../../..');

/**
 * A student with `behind` rows in families that a home screen does not need signs in on a new device: the built web edition, a
 * real server and Postgres. Someone goes on at once when the first-sync screen lets go, and types while the rest streams in.
 */
export async function measureHome(behind: number, tell: (line: string) => void): Promise<HomeFigures> {
  const web = mkdtempSync(path.join(tmpdir(), 'growth-bench-web-'));
  cpSync(path.join(root, 'out/renderer'), web, { recursive: true });
  const academy = await startAcademy({ env: { WEB_DIR: web } });
  const browser = await openBrowser(tell);
  try {
    await addRows(academy, behind);
    const page = await browser.context.newPage();
    await page.addInitScript(watchArrival);
    await page.goto(academy.url);
    await page.getByTestId('field-email').waitFor();
    await signIn({ page, person: 'ayesha' });
    await page.locator(homeIsUsable).waitFor({ timeout: 60_000 });
    const keys = await typeUntilComplete(page);
    const seen = await page.evaluate(() => (globalThis as unknown as { arrival: Arrival }).arrival.end());
    if (browser.errors.length > 0) throw new Error(`the page failed: ${browser.errors.join('; ')}`);
    const figures = { ...seen, typing_keys: keys };
    if (figures.docs < behind) throw new Error(`${figures.docs} of more than ${behind} documents arrived`);
    tell(`home with ${behind} behind: ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    await browser.close();
    await academy.stop();
    rmSync(web, { recursive: true, force: true });
  }
}

const homeIsUsable = '[data-testid="continue"] :is(a, button)';

/** Types into the palette, as fast as people do, for as long as rows stream in; answers how many keys. */
async function typeUntilComplete(page: Page): Promise<number> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  let keys = 0;
  while (!(await page.evaluate(() => (globalThis as unknown as { arrival: Arrival }).arrival.isComplete()))) {
    await page.keyboard.type('pricing ', { delay: 60 });
    keys += 8;
  }
  return keys;
}

/** Read notices and messages of long ago, as a student of some years has. */
async function addRows({ query }: Academy, count: number): Promise<void> {
  const text = 'Somebody wrote to you about the price of the second sample and the letter to the supplier. '.repeat(2);
  await query(
    `insert into notifications (user_id, type, template_key, title, body, payload, sent_at, read_at, dismissed_at)
     select $1, 'message', null, 'A message of your mentor', $2 || at, '{"link": "messages"}',
            now() - interval '2 years' + at * interval '1 minute', now(), now()
     from generate_series(1, $3::int) as at`,
    [e2eIds.ayesha, text, Math.floor(count / 2)],
  );
  const inbox = threadId(inboxKey(e2eIds.ayesha));
  await query(
    `insert into message_threads (id, kind, member_key, student_id, created_by) values ($1, 'staff_inbox', $2, $3, $3)`,
    [inbox, inboxKey(e2eIds.ayesha), e2eIds.ayesha],
  );
  await query('insert into thread_members (thread_id, user_id) values ($1, $2)', [inbox, e2eIds.ayesha]);
  await query(
    `insert into messages (user_id, thread_id, content, sent_at)
     select $1, $2, $3 || at, now() - interval '2 years' + at * interval '1 minute' from generate_series(1, $4::int) as at`,
    [e2eIds.ayesha, inbox, text, Math.ceil(count / 2)],
  );
  await query('vacuum analyze');
}
