import type { Page } from 'playwright';
import { v7 as uuidv7 } from 'uuid';
import { arrive, enter, expectPill, lessonRow, visit } from '../../electron/e2e/support/acting.ts';
import { Stage } from '../../electron/e2e/support/stage.ts';
import { e2eIds } from '../../sync-server/seed/e2e.ts';
import type { Bench } from '../bench.ts';

/** Milliseconds that must not be passed (workflows of the first release): a usable Home, and an approval seen elsewhere. */
const limits = { home_ms: 1500, approve_to_open_ms: 500 };

/**
 * `home_ms`: from the window's creation to a usable Home, warm replica, network cut.
 * `launch_ms`: the same from the start of the process.
 * `approve_to_open_ms`: from the mentor's click to the open lesson on the student's screen, two apps and one server.
 * Medians; every round is a real start or a real approval.
 */
export const benchHome: Bench = async ({ rounds, tell }) => {
  const stage = await Stage.set();
  try {
    const student = await stage.device('ayesha');
    await arrive(student);
    await expectPill(student.page, 'uptodate');
    await student.quit();
    student.line.cut();
    const home: number[] = [];
    const launch: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = Date.now();
      const page = await student.start();
      const usable = await firstSight(page, '[data-testid="continue"] a, [data-testid="continue"] button');
      home.push(usable.sinceWindow);
      launch.push(usable.at - from);
      tell(`start ${round + 1}: home ${Math.round(usable.sinceWindow)} ms, launch ${usable.at - from} ms`);
      await student.quit();
    }
    student.line.restore();
    const opened = await approvals(stage, rounds, tell);
    return {
      home_ms: median(home),
      launch_ms: median(launch),
      approve_to_open_ms: median(opened),
      limits,
      rounds,
      all: { home_ms: home.map(Math.round), launch_ms: launch, approve_to_open_ms: opened },
    };
  } finally {
    await stage.strike();
  }
};

/** When a selector is first there: `sinceWindow` by the page's own clock, which starts with its navigation. */
async function firstSight(page: Page, selector: string): Promise<{ sinceWindow: number; at: number }> {
  const seen = await page.waitForFunction(
    (wanted) => (document.querySelector(wanted) ? { sinceWindow: performance.now(), at: Date.now() } : null),
    selector,
    { polling: 'raf', timeout: 60_000 },
  );
  return (await seen.jsonValue())!;
}

/** A chain of lessons with work, one approval a round: each opens the next. */
async function approvals(stage: Stage, rounds: number, tell: (line: string) => void): Promise<number[]> {
  const lessons = await prepareChain(stage, rounds);
  const student = await stage.device('ayesha');
  await student.start();
  await enter(student);
  await visit(student.page, `/learn/${e2eIds.c1}`);
  await expectPill(student.page, 'uptodate');
  const mentor = await stage.device('bilal');
  await arrive(mentor);
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const next = lessons[round + 1]!.lesson;
    const id = uuidv7();
    await stage.academy.query(
      `insert into submissions (id, assignment_id, student_id, content, client_submitted_at) values ($1, $2, $3, 'My answer', now())`,
      [id, lessons[round]!.assignment, e2eIds.ayesha],
    );
    await visit(mentor.page, `/mentor/reviews/${id}`);
    await mentor.page.getByTestId('btn-approve').click();
    await lessonRow(student.page, next).waitFor();
    const open = firstSight(student.page, `[data-testid="lesson-row-${next}"][data-lock="open"]`);
    const clicked = await mentor.page.evaluate(() => {
      const at = Date.now();
      document.querySelector<HTMLElement>('[data-testid="btn-send-decision"]')!.click();
      return at;
    });
    taken.push((await open).at - clicked);
    await watch(stage, next);
    tell(`approval ${round + 1}: ${taken.at(-1)} ms`);
  }
  return taken;
}

/** A module of watched lessons with one assignment each, after those the academy has. */
async function prepareChain(stage: Stage, rounds: number): Promise<{ lesson: string; assignment: string }[]> {
  const { query } = stage.academy;
  await query('update assignments set is_active = false where id = $1', [e2eIds.w1]);
  await query('update company_settings set rating_gate_from = null');
  for (const lesson of [e2eIds.l1, e2eIds.l2, e2eIds.l3]) await watch(stage, lesson);
  const module = uuidv7();
  await query(`insert into modules (id, course_id, title, sequence_order) values ($1, $2, 'Chain', 9)`, [
    module,
    e2eIds.c1,
  ]);
  const chain = Array.from({ length: rounds + 1 }, () => ({ lesson: uuidv7(), assignment: uuidv7() }));
  for (const [at, { lesson, assignment }] of chain.entries()) {
    await query(
      `insert into available_lessons (id, module_id, recording_title, sequence_order) values ($1, $2, $3, $4)`,
      [lesson, module, `Link ${at + 1}`, at + 1],
    );
    await query(`insert into assignments (id, lesson_id, course_id, name) values ($1, $2, $3, $4)`, [
      assignment,
      lesson,
      e2eIds.c1,
      `Work ${at + 1}`,
    ]);
    // A watched lesson is open: the others are watched one by one, once they have opened.
    if (at === 0) await watch(stage, lesson);
  }
  return chain;
}

const watch = (stage: Stage, lesson: string) =>
  stage.academy.query(
    `insert into recording_views (user_id, lesson_id, watched, watched_at, last_watched_at) values ($1, $2, true, now(), now())`,
    [e2eIds.ayesha, lesson],
  );

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return Math.round(sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2);
}
