import pino from 'pino';
import { expect, test } from 'vitest';
import { createOutage } from './outage.ts';

/** What is written to the log while it fails and works again, as told. */
function said(outcomes: readonly ('fails' | 'works')[]): string[] {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) });
  const outage = createOutage(log, 'looking');
  for (const outcome of outcomes) {
    if (outcome === 'fails') outage.goesOn(new Error('gone'));
    else outage.isOver();
  }
  return lines;
}

test('an outage is told when it begins and when it ends, however often it was tried meanwhile', () => {
  expect(said(['works', 'works'])).toEqual([]);
  expect(said(['fails', 'fails', 'fails'])).toEqual(['looking failed']);
  expect(said(['fails', 'fails', 'works', 'works'])).toEqual(['looking failed', 'looking works again']);
  expect(said(['fails', 'works', 'fails'])).toEqual(['looking failed', 'looking works again', 'looking failed']);
});
