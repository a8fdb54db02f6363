import { describe, expect, it, vi } from 'vitest';
import { takeOwnership } from './single-owner.ts';

describe('one owner of a replica', () => {
  it('the page opened last takes over, after the other one has closed', async () => {
    const name = `replica-${crypto.randomUUID()}`;
    const first = await takeOwnership(name);
    const steps: string[] = [];
    first.onAsked(() => {
      steps.push('first closes');
      first.release();
    });
    const second = await takeOwnership(name);
    steps.push('second opens');
    expect(steps).toEqual(['first closes', 'second opens']);
    second.release();
  });

  it('a page that does not answer loses it', async () => {
    vi.setConfig({ testTimeout: 30_000 });
    const name = `replica-${crypto.randomUUID()}`;
    const frozen = await takeOwnership(name);
    const second = await takeOwnership(name);
    let woke = false;
    frozen.onAsked(() => (woke = true));
    second.release();
    frozen.release();
    expect(woke).toBe(false);
  });
});
