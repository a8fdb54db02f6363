import { AsyncLocalStorage } from 'node:async_hooks';

/** How far a computer's clock is off, in ms. */
export type Clock = { offMs: number };

const running = new AsyncLocalStorage<Clock>();
const RealDate = Date;

/** The time as the program sees it that is running now: each computer has its own clock, though all run in one process. */
class ComputerDate extends RealDate {
  constructor(...given: ConstructorParameters<typeof RealDate> | []) {
    super(...((given.length === 0 ? [ComputerDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + (running.getStore()?.offMs ?? 0);
  }
}
globalThis.Date = ComputerDate as DateConstructor;

/** Runs part of a program on the computer with this clock; what it starts stays there. */
export const onComputer = <T>(clock: Clock, work: () => T): T => running.run(clock, work);
