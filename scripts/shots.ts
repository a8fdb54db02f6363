/**
 * `npm run shots -- [--json] [--out DIR] [--only TEXT]`: every screen of every role in light and dark, as pictures to look at,
 * with what the console and axe had to say about each.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright';
import type { Role } from '#contract/roles.ts';
import { password, startAcademy, stopSharedPostgres, type Academy } from '../electron/e2e/support/academy.ts';
import { findBrowser } from './find-browser.ts';
import { readScreens } from './read-screens.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    out: { type: 'string', default: 'shots' },
    only: { type: 'string', default: '' },
  },
});
const tell = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const built = spawnSync(process.execPath, [path.join(import.meta.dirname, 'build.ts'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(1);

const emails: Record<Role, string> = {
  student: 'ayesha@falcon.academy',
  mentor: 'bilal@falcon.academy',
  enrollment_manager: 'omar@falcon.academy',
  admin: 'dua@falcon.academy',
  superadmin: 'sana@falcon.academy',
};
const counts = { shots: 0, console_errors: 0, axe_serious: 0 };

/** Which row a path with a parameter is shown for. */
async function examples(academy: Academy): Promise<Record<string, string>> {
  const first = async (text: string): Promise<string> => (await academy.query<{ id: string }>(text))[0]?.id ?? '';
  const ayesha = "(select id from users where email = 'ayesha@falcon.academy')";
  return {
    '/learn/:courseId': await first(
      `select coalesce(course_id, current_course_id) as id from course_enrollments where student_id = ${ayesha} limit 1`,
    ),
    '/lesson/:id': await first(
      `select m.id from lesson_media m join user_unlocks u on u.lesson_id = m.id where u.user_id = ${ayesha} and u.is_unlocked limit 1`,
    ),
    '/assignments/:id': await first(
      `select assignment_id as id from submissions where student_id = ${ayesha} order by (status = 'declined') desc, version desc limit 1`,
    ),
    '/mentor/reviews/:id':
      await first(`select s.id from submissions s join student_mentor_assignments a on a.student_id = s.student_id join users u on u.id = a.mentor_id
      where s.status = 'pending' and u.email = 'bilal@falcon.academy' order by s.submitted_at limit 1`),
  };
}

/** Dialogs worth a picture of their own: what opens them, on the screen of this path. */
const dialogs: Record<string, { name: string; opens: string }> = {
  '/assignments/:id': { name: 'receipt', opens: '[data-testid^="btn-receipt-"]' },
};

async function look(page: Page, name: string): Promise<void> {
  // Skeletons are what a picture must not show; the film of a lesson arrives last.
  await page.waitForFunction(() => document.querySelector('.animate-breathe') === null, undefined, { timeout: 15_000 });
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))));
  mkdirSync(values.out, { recursive: true });
  writeFileSync(path.join(values.out, `${name}.png`), await page.screenshot());
  counts.shots += 1;
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  for (const { id, impact, nodes } of violations) {
    if (impact !== 'serious' && impact !== 'critical') continue;
    counts.axe_serious += 1;
    tell(`axe ${name}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  }
}

async function visitRole(
  browser: Browser,
  academy: Academy,
  role: Role,
  theme: 'light' | 'dark',
  rows: Record<string, string>,
): Promise<void> {
  const context = await browser.newContext({
    baseURL: academy.url,
    colorScheme: theme,
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complain = (text: string): void => {
    counts.console_errors += 1;
    tell(`console ${role} ${theme} ${page.url()}: ${text}`);
  };
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => message.type() === 'error' && complain(message.text()));
  await page.goto('/');
  await page.getByTestId('field-email').waitFor();
  if (role === 'student') await look(page, `sign-in.${theme}`);
  await page.getByTestId('field-email').fill(emails[role]);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('btn-sign-in').click();
  const start = page.getByTestId('btn-start');
  const shell = page.getByRole('navigation').first();
  await start.or(shell).first().waitFor({ timeout: 30_000 });
  if (await start.isVisible()) {
    if (role === 'student') await look(page, `first-sync.${theme}`);
    await start.click();
  }
  await shell.waitFor();
  for (const screen of (await readScreens()).filter(
    (one) => one.roles.includes(role) && one.path.includes(values.only),
  )) {
    const row = rows[screen.path];
    if (screen.path.includes(':') && !row) throw new Error(`no row to show ${screen.path} for`);
    await page.evaluate((to) => (location.hash = `#${to}`), screen.path.replace(/:\w+/, row ?? ''));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.locator('[data-testid="sync-pill"][data-state="uptodate"]').waitFor({ timeout: 30_000 });
    const name = `${role}${screen.path.replaceAll('/', '.').replace(/:\w+/, 'one')}`;
    await look(page, `${name}.${theme}`);
    const dialog = dialogs[screen.path];
    if (!dialog) continue;
    await page.locator(dialog.opens).first().click();
    await page.getByTestId(`dialog-${dialog.name}`).waitFor();
    await look(page, `${name}.${dialog.name}.${theme}`);
    await page.keyboard.press('Escape');
  }
  await context.close();
}

const academy = await startAcademy({ env: { E2E_SEED: 'demo' } });
const browser = await chromium.launch({
  executablePath: await findBrowser(tell),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const rows = await examples(academy);
  for (const theme of ['light', 'dark'] as const)
    for (const role of Object.keys(emails) as Role[]) await visitRole(browser, academy, role, theme, rows);
} finally {
  await browser.close();
  await academy.stop();
  await stopSharedPostgres();
}
process.stdout.write(`${JSON.stringify(counts)}\n`);
process.exit(counts.console_errors + counts.axe_serious === 0 ? 0 : 1);
