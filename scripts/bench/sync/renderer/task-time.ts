import type { CDPSession } from 'playwright';

type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
};

/**
 * Runs `work` and answers the processor time of the longest task of a page's main thread meanwhile, ms. Time on the clock also holds
 * what other programs took; this is what a quiet computer would see.
 */
export async function longestTaskTime<T>(
  cdp: CDPSession,
  work: () => Promise<T>,
): Promise<{ result: T; longest_ms: number }> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel'] } });
  const result = await work();
  const ended = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await ended;
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  const times = events.filter((event) => event.ph === 'X' && mains.has(threadOf(event))).map(({ tdur = 0 }) => tdur);
  return { result, longest_ms: Math.round(times.reduce((most, time) => Math.max(most, time), 0) / 100) / 10 };
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
