import { expect, test } from '@playwright/test';
import { journeys } from './journeys/index.ts';
import { play } from './support/journey.ts';
import type { Device } from './support/stage.ts';

const picture = async (device: Device): Promise<Buffer> => device.page.screenshot();

for (const journey of journeys)
  test(journey.name, async ({}, info) => {
    const result = await play(journey, {
      onStep: ({ n, name, ok, error }) =>
        info.annotations.push({
          type: ok ? 'step' : 'failed step',
          description: `${n} ${name}${error ? `\n${error}` : ''}`,
        }),
      onTrouble: async (stage) => {
        for (const device of stage.devices)
          await picture(device).then(
            (body) => info.attach(`${device.person}.png`, { body, contentType: 'image/png' }),
            // A window that is gone has no picture; the step's own error is what must be told.
            (error: Error) => info.annotations.push({ type: 'no picture', description: error.message }),
          );
      },
    });
    const failed = result.steps.filter((step) => !step.ok);
    expect(failed.map((step) => `${step.n} ${step.name}: ${step.error}`)).toEqual([]);
    expect(result.consoleErrors).toEqual([]);
    expect(result.axeFindings).toEqual([]);
  });

test('a journey fails when pushes are dropped', async () => {
  const j2 = journeys.find(({ name }) => name === 'J2');
  if (!j2) throw new Error('J2 is gone');
  // The steps up to the check of the server are enough, and the offline half needs no lesson film to be a lie.
  const { failed } = await play({ ...j2, steps: j2.steps.filter(({ n }) => n <= 7) }, { breakSync: true });
  expect(failed).toBeGreaterThan(0);
});
