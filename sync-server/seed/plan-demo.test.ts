import { describe, expect, it } from 'vitest';
import { courses } from './content/catalogue.ts';
import { fileAnswers, textAnswers } from './content/work.ts';
import { clips } from './clips/clips.ts';
import { splitFee } from './demo-money.ts';
import { plainPdf } from './plain-pdf.ts';
import { planDemo, type DemoPlan } from './plan-demo.ts';

const hashes = { of: (name: string) => `hash of ${name}`, others: 'hash' };
const now = new Date('2026-11-22T10:00:00.000Z');
const plan = (students: number): DemoPlan => planDemo({ students, now, hashes });
const tables = [
  'users',
  'students',
  'course_enrollments',
  'invoices',
  'submissions',
  'recording_views',
  'notifications',
  'success_sessions',
  'session_attendance',
  'support_ticket_replies',
  'messages',
  'installment_payments',
  'student_notes',
  'at_risk_flags',
];

describe('the plan of the demo academy', () => {
  it('is the same each time', () => {
    const [first, second] = [plan(40), plan(40)];
    for (const table of tables) expect(second.rows.rowsOf(table)).toEqual(first.rows.rowsOf(table));
    expect(second.files).toEqual(first.files);
  });

  it('grows with its size, and keeps addresses, numbers and ids apart', () => {
    const { rows, studentIds } = plan(700);
    expect(new Set(studentIds).size).toBe(700);
    for (const [table, column] of [
      ['users', 'email'],
      ['users', 'phone'],
      ['students', 'student_number'],
    ] as const) {
      const values = rows.rowsOf(table).map((row) => row[column]);
      expect(new Set(values).size).toBe(values.length);
    }
    const numbers = rows.rowsOf('invoices').flatMap((row) => row['invoice_number'] ?? []);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('numbers tickets without gaps, in the order they came, and lets nobody attend twice', () => {
    const { rows } = plan(700);
    const tickets = rows.rowsOf('support_tickets');
    const byTime = tickets.toSorted((a, b) => String(a['created_at']).localeCompare(String(b['created_at'])));
    const years = Map.groupBy(byTime, (row) => String(row['created_at']).slice(0, 4));
    for (const [year, ofYear] of years)
      expect(ofYear.map((row) => row['ticket_number'])).toEqual(
        ofYear.map((_, at) => `TKT-${year}-${String(at + 1).padStart(6, '0')}`),
      );
    const attended = rows.rowsOf('session_attendance').map((row) => `${row['student_id']} ${row['session_id']}`);
    expect(new Set(attended).size).toBe(attended.length);
    expect(attended.length).toBeGreaterThan(100);
  });

  it('has a line in the ledger for all money that came or went, numbered without gaps', () => {
    const { rows } = plan(200);
    const lines = rows.rowsOf('installment_payments');
    const sum = (invoice: unknown) =>
      lines
        .filter((line) => line['invoice_id'] === invoice)
        .reduce((total, line) => total + (line['status'] === 'paid' ? 1 : -1) * Number(line['amount']), 0);
    for (const invoice of rows.rowsOf('invoices')) expect(sum(invoice['id'])).toBe(Number(invoice['amount_paid'] ?? 0));
    for (const { scope, last_value } of rows.rowsOf('number_counters') as { scope: string; last_value: number }[]) {
      const prefix = { receipt: 'RCPT', refund: 'RFND' }[scope.split(':')[0]!];
      if (!prefix) continue;
      const numbers = lines
        .map((line) => String(line['receipt_number']))
        .filter((one) => one.startsWith(`${prefix}-${scope.split(':')[1]}`));
      expect(numbers.toSorted()).toEqual(
        Array.from(
          { length: last_value },
          (_, at) => `${prefix}-${scope.split(':')[1]}-${String(at + 1).padStart(6, '0')}`,
        ),
      );
    }
    expect(lines.some((line) => line['status'] === 'refunded')).toBe(true);
  });

  it('counts an invoice as paid exactly when its money came, and never more than was owed', () => {
    for (const row of plan(200).rows.rowsOf('course_enrollments')) {
      expect(Number(row['amount_paid'])).toBeLessThanOrEqual(Number(row['total_amount']));
      if (row['payment_status'] === 'paid') expect(row['amount_paid']).toBe(row['total_amount']);
      if (row['payment_status'] === 'pending') expect(row['amount_paid']).toBe(0);
    }
  });
});

describe('the contents', () => {
  const lessons = courses.flatMap((course) => course.modules.flatMap((module) => module.lessons));
  const tasks = lessons.flatMap((lesson) => lesson.task ?? []);

  it('name only clips that exist', () => {
    const known = clips.map((clip) => clip.name);
    expect(lessons.flatMap((lesson) => lesson.clip ?? []).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('hold an answer to every task that asks for text or a file', () => {
    expect(tasks.filter((task) => task.type === 'text' && !textAnswers[task.name]).map((task) => task.name)).toEqual(
      [],
    );
    expect(tasks.filter((task) => task.type === 'file' && !fileAnswers[task.name]).map((task) => task.name)).toEqual(
      [],
    );
  });
});

describe('splitFee', () => {
  it('keeps whole rupees and puts the remainder on the first part', () => {
    expect(splitFee(1_000_000, 3)).toEqual([333_400, 333_300, 333_300]);
    expect(splitFee(1_000_050, 3)).toEqual([333_450, 333_300, 333_300]);
  });
});

describe('plainPdf', () => {
  it('points its table at the objects it holds', () => {
    const text = plainPdf('A (short) title', ['One line', 'costs 10 %']).toString('latin1');
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets.length).toBe(5);
    offsets.forEach((offset, index) => expect(text.slice(offset).startsWith(`${index + 1} 0 obj`)).toBe(true));
    expect(text).toContain(String.raw`A \(short\) title`);
  });
});
