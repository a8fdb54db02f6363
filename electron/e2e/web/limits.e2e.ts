import { expect, test } from '@playwright/test';
import { e2eIds } from '../../../sync-server/seed/e2e.ts';
import type { Academy } from '../support/academy.ts';
import { expectPill, pdf, visit } from '../support/acting.ts';
import { arriveAs, barriers, startWebAcademy, visitAs, type Visitor } from './visitor.ts';

let academy: Academy;
const noAccess = 'You don’t have access to this page';
const visitors: Visitor[] = [];
test.beforeAll(async () => {
  academy = await startWebAcademy();
});
test.afterEach(async () => {
  for (const visitor of visitors.splice(0)) await visitor.close();
});
test.afterAll(() => academy?.stop());

for (const [person, place, code] of [
  ['ayesha', '/mentor/reviews', 'review-queue-screen'],
  ['ayesha', '/admin', 'staff-home-screen'],
  ['bilal', '/learn', 'lessons-screen'],
  ['omar', '/system', 'mentor-home-screen'],
  ['dua', '/mentor', 'mentor-home-screen'],
] as const)
  test(`${person} cannot open ${place}`, async ({ browser }) => {
    const visitor = await arriveAs(person, { browser, academy });
    visitors.push(visitor);
    const { page } = visitor;
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    const title = await page.title();
    await visit(page, place);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(noAccess);
    expect(await page.title()).not.toBe(title);
    expect(fetched.filter((url) => url.includes(code))).toEqual([]);
    expect(await barriers(page)).toEqual([]);
    await page.getByTestId('btn-go-home').click();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(noAccess);
    expect(visitor.errors).toEqual([]);
  });

test('the page comes with a policy, and a script put into it does not run', async ({ browser }) => {
  const visitor = await visitAs('ayesha', { browser, academy });
  visitors.push(visitor);
  const { page, line } = visitor;
  const response = await fetch(line.url);
  const policy = response.headers.get('content-security-policy') ?? '';
  for (const part of [
    "default-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
    expect(policy.split(';')).toContain(part);
  expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');

  const refused = await page.evaluate(async () => {
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        heard.push(effectiveDirective);
        if (heard.length === 3) resolve();
      });
    });
    const put = (element: HTMLElement, attributes: Record<string, string>, text = ''): void => {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text;
      document.body.append(element);
    };
    put(document.createElement('script'), {}, 'window.injected = 1');
    put(document.createElement('script'), { src: 'https://evil.example/x.js' });
    put(document.createElement('button'), { onclick: 'window.injected = 2' }, 'press');
    document.querySelector<HTMLButtonElement>('button[onclick]')?.click();
    await all;
    return { heard: heard.toSorted(), injected: 'injected' in window };
  });
  expect(refused).toEqual({ heard: ['script-src-attr', 'script-src-elem', 'script-src-elem'], injected: false });
  // What the page's own policy refuses is said on the console; nothing else was.
  expect(visitor.errors.filter((error) => !/Content Security Policy/.test(error))).toEqual([]);
});

test('a mentor sees a handed-in PDF in the page', async ({ browser }) => {
  const student = await arriveAs('ayesha', { browser, academy });
  visitors.push(student);
  await visit(student.page, `/assignments/${e2eIds.w1}`);
  await student.page
    .getByTestId('field-files')
    .setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf(20_000) });
  await expect(student.page.getByTestId('file-plan.pdf')).toBeVisible();
  await student.page.getByTestId('btn-submit').click();
  await expectPill(student.page, 'uptodate', 60_000);
  await expect
    .poll(
      async () =>
        (await academy.query("select 1 from files where owner_id = $1 and status = 'ready'", [e2eIds.ayesha])).length,
      { timeout: 60_000 },
    )
    .toBe(1);

  const mentor = await arriveAs('bilal', { browser, academy });
  visitors.push(mentor);
  const { page } = mentor;
  await visit(page, '/mentor/reviews');
  const [work] = await academy.query<{ id: string }>('select id from submissions where student_id = $1', [
    e2eIds.ayesha,
  ]);
  await page.getByTestId(`review-row-${work?.id}`).getByRole('link').click();
  await expect(page.getByTestId('file-preview')).toHaveAttribute('data-kind', 'pdf');
  await expect.poll(() => page.frames().some((frame) => frame.url().startsWith('blob:'))).toBe(true);
  expect(mentor.errors).toEqual([]);
});
