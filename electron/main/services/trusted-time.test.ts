import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TrustedTime } from './trusted-time.ts';

const day = 86_400_000;
const noon = Date.parse('2026-11-22T12:00:00Z');

describe('TrustedTime', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'growth-time-'));
    file = path.join(folder, 'time-mark');
    vi.useFakeTimers({ toFake: ['Date'], now: noon });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  test('it goes with the clock while the clock goes forward', () => {
    const time = new TrustedTime(file);
    expect(time.now()).toBe(noon);
    vi.setSystemTime(noon + 5000);
    expect(time.now()).toBe(noon + 5000);
  });

  test('a clock that is set back does not take it back', () => {
    const time = new TrustedTime(file);
    vi.setSystemTime(noon + day);
    time.now();
    vi.setSystemTime(noon - 30 * day);
    expect(time.now()).toBe(noon + day);
  });

  test('a clock that once ran years ahead is forgiven when the server names a moment before it', () => {
    const time = new TrustedTime(file);
    vi.setSystemTime(noon + 3000 * day);
    time.now();
    vi.setSystemTime(noon);
    expect(time.now()).toBe(noon + 3000 * day);
    time.correctBy(noon + 14 * day);
    expect(time.now()).toBe(noon);
  });

  test('no word of the server takes time back while the mark is plausible', () => {
    const time = new TrustedTime(file);
    vi.setSystemTime(noon + day);
    time.now();
    vi.setSystemTime(noon - day);
    time.correctBy(noon + 14 * day);
    expect(time.now()).toBe(noon + day);
  });

  test('a lease that has run out stays out, over a restart with the clock set back', () => {
    const leaseUntil = noon + 14 * day;
    vi.setSystemTime(leaseUntil + 1);
    new TrustedTime(file).save();
    vi.setSystemTime(noon);
    const later = new TrustedTime(file);
    expect(leaseUntil <= later.now()).toBe(true);
    later.save();
    expect(leaseUntil <= new TrustedTime(file).now()).toBe(true);
  });

  test.each(['', 'not a number', '-5', 'NaN'])('a mark of %j counts as none, and the clock as it is', (text) => {
    writeFileSync(file, text);
    expect(new TrustedTime(file).now()).toBe(noon);
  });
});
