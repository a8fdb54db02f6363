import type { Browser } from 'playwright';
import type { Role } from '#contract/roles.ts';
import { password, startAcademy, type Academy } from '../../electron/e2e/support/academy.ts';
import { emails, enter, visit } from '../../electron/e2e/support/acting.ts';
import type { PersonName } from '../../electron/e2e/support/stage.ts';
import { readScreens, type ScreenFacts } from '../read-screens.ts';
import type { Camera } from './camera.ts';

const people: Record<Role, PersonName> = {
  student: 'ayesha',
  mentor: 'bilal',
  enrollment_manager: 'omar',
  admin: 'dua',
  superadmin: 'sana',
};

/** Dialogs worth a picture of their own: what opens them, on the screen of this path. */
const dialogs: Record<string, { name: string; opens: string }> = {
  '/assignments/:id': { name: 'receipt', opens: '[data-testid^="btn-receipt-"]' },
};

/** Every screen of every role whose path has `only` in it, in the demo academy. */
export async function lookAtScreens(browser: Browser, camera: Camera, only: string): Promise<void> {
  const screens = (await readScreens()).filter(({ path }) => path.includes(only));
  if (screens.length === 0) return;
  const academy = await startAcademy({ env: { E2E_SEED: 'demo' } });
  try {
    const rows = await examples(academy);
    for (const role of Object.keys(people) as Role[])
      await visitAs(role, {
        browser,
        academy,
        camera,
        rows,
        screens: screens.filter(({ roles }) => roles.includes(role)),
      });
  } finally {
    await academy.stop();
  }
}

/** Which row a path with a parameter is shown for. */
async function examples(academy: Academy): Promise<Record<string, string>> {
  const first = async (text: string): Promise<string> => (await academy.query<{ id: string }>(text))[0]?.id ?? '';
  const ayesha = `(select id from users where email = '${emails.ayesha}')`;
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
      where s.status = 'pending' and u.email = '${emails.bilal}' order by s.submitted_at limit 1`),
  };
}

type Visit = {
  browser: Browser;
  academy: Academy;
  camera: Camera;
  rows: Record<string, string>;
  screens: ScreenFacts[];
};

async function visitAs(role: Role, { browser, academy, camera, rows, screens }: Visit): Promise<void> {
  const context = await browser.newContext({ baseURL: academy.url, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => camera.complain(`${role} ${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') camera.complain(`${role} ${page.url()}: ${message.text()}`);
  });
  await page.goto('/');
  await page.getByTestId('field-email').waitFor();
  if (role === 'student') await camera.look(page, 'sign-in');
  await page.getByTestId('field-email').fill(emails[people[role]]);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('btn-sign-in').click();
  const start = page.getByTestId('btn-start');
  await start.or(page.getByRole('navigation')).first().waitFor({ timeout: 30_000 });
  if (role === 'student' && (await start.isVisible())) await camera.look(page, 'first-sync');
  await enter({ page });
  for (const screen of screens) {
    const row = rows[screen.path];
    if (screen.path.includes(':') && !row) throw new Error(`no row to show ${screen.path} for`);
    await visit(page, screen.path.replace(/:\w+/, row ?? ''));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.locator('[data-testid="sync-pill"][data-state="uptodate"]').waitFor({ timeout: 30_000 });
    const name = `${role}${screen.path.replaceAll('/', '.').replace(/:\w+/, 'one')}`;
    await camera.look(page, name);
    const dialog = dialogs[screen.path];
    if (!dialog) continue;
    await page.locator(dialog.opens).first().click();
    await page.getByTestId(`dialog-${dialog.name}`).waitFor();
    await camera.look(page, `${name}.${dialog.name}`);
    await page.keyboard.press('Escape');
  }
  await context.close();
}
