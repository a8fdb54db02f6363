import { addCatalogue, type Catalogue, type DemoFile } from './demo-catalogue.ts';
import { addCare } from './demo-care.ts';
import { addDesk } from './demo-desk.ts';
import type { Journey } from './demo-journey.ts';
import { addMoney } from './demo-ledger.ts';
import { addTeam, type PasswordHashes } from './demo-people.ts';
import { addSurroundings } from './demo-surroundings.ts';
import { addAyesha, addStudents } from './demo-students.ts';
import { addRewards } from './demo-rewards.ts';
import { calendarDay, createDemoTime } from './demo-time.ts';
import { mainPeople } from './main-people.ts';
import { createRandom } from './random.ts';
import { createRowCollector, type RowCollector } from './row-collector.ts';

export type DemoPlan = {
  rows: RowCollector;
  files: readonly DemoFile[];
  /** `[lesson id, clip name]` */
  clips: readonly (readonly [string, string])[];
  studentIds: readonly string[];
  ratingGateFrom: string;
};

/** Thinks up the whole academy without touching a database: the same arguments give the same plan. */
export function planDemo({ students, now, hashes }: { students: number; now: Date; hashes: PasswordHashes }): DemoPlan {
  const rows = createRowCollector();
  const time = createDemoTime(now);
  const journey: Journey = { rows, files: [], random: createRandom(20_261_122), time };
  addTeam(rows, hashes, time.daysAgo(200));
  const catalogue = addCatalogue(rows, time, mainPeople.dua.id);
  const studentIds = [
    addAyesha(journey, catalogue, hashes.of('ayesha')),
    ...addStudents(journey, catalogue, Math.max(0, students - 1), hashes.others),
  ];
  addDesk(rows, time, catalogue, studentIds);
  addSurroundings({ rows, time, catalogue, authorId: mainPeople.dua.id });
  addRewards({ rows, time, random: createRandom(20_261_123) }, studentIds);
  numberInvoices(rows);
  addMoney(rows, time);
  addCare(rows, time);
  rows.add('number_counters', { scope: 'student', last_value: studentIds.length });
  return {
    rows,
    files: [...catalogue.files, ...journey.files],
    clips: clipsOf(catalogue),
    studentIds,
    ratingGateFrom: calendarDay(time.daysAgo(120)),
  };
}

/** Invoices get their numbers in the order of issue, per year; those still to come have none. */
function numberInvoices(rows: RowCollector): void {
  const last = new Map<string, number>();
  const invoices = rows.rowsOf('invoices') as { issue_date: string; status: string; invoice_number?: string }[];
  for (const invoice of invoices.toSorted((a, b) => a.issue_date.localeCompare(b.issue_date))) {
    if (invoice.status === 'scheduled' || invoice.status === 'cancelled') continue;
    const year = invoice.issue_date.slice(0, 4);
    const number = (last.get(year) ?? 0) + 1;
    last.set(year, number);
    invoice.invoice_number = `INV-${year}-${String(number).padStart(6, '0')}`;
  }
  for (const [year, last_value] of last) rows.add('number_counters', { scope: `invoice:${year}`, last_value });
}

const clipsOf = (catalogue: Catalogue): [string, string][] =>
  catalogue.courses.flatMap((course) =>
    course.lessons.flatMap((lesson): [string, string][] => (lesson.clip ? [[lesson.id, lesson.clip]] : [])),
  );
