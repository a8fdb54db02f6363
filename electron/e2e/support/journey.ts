import { Stage } from './stage.ts';

/** One step of a journey, numbered as in the product's screen specification. */
export type Step = { n: number; name: string; run: (stage: Stage) => Promise<void> };
export type Journey = {
  name: string;
  steps: Step[];
  /** Steps whose features come with later work: told, not hidden. */
  later: { n: number; name: string }[];
};

export type StepResult = { n: number; name: string; ok: boolean; error?: string };
export type JourneyResult = {
  journey: string;
  steps: StepResult[];
  passed: number;
  failed: number;
  later: { n: number; name: string }[];
  console_errors: number;
  axe_serious: number;
};

/** Plays a journey from a fresh academy to its end; stops at the first step that fails, the rest then count as failed. */
export async function play(
  journey: Journey,
  options: {
    breakSync?: boolean;
    onStep?: (result: StepResult) => void;
    onTrouble?: (stage: Stage) => Promise<void>;
  } = {},
): Promise<JourneyResult & { consoleErrors: string[]; axeFindings: string[] }> {
  const stage = await Stage.set(options);
  const steps: StepResult[] = [];
  try {
    for (const { n, name, run } of journey.steps) {
      const failedBefore = steps.some((step) => !step.ok);
      const result: StepResult = failedBefore
        ? { n, name, ok: false, error: 'not reached' }
        : await run(stage).then(
            () => ({ n, name, ok: true }),
            (error: Error) => ({ n, name, ok: false, error: error.stack ?? error.message }),
          );
      steps.push(result);
      options.onStep?.(result);
      if (!result.ok && !failedBefore) await options.onTrouble?.(stage);
    }
    return {
      journey: journey.name,
      steps,
      passed: steps.filter((step) => step.ok).length,
      failed: steps.filter((step) => !step.ok).length,
      later: journey.later,
      console_errors: stage.consoleErrors.length,
      axe_serious: stage.axeFindings.length,
      consoleErrors: stage.consoleErrors,
      axeFindings: stage.axeFindings,
    };
  } finally {
    await stage.strike();
  }
}
