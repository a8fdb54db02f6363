import { AsyncLocalStorage } from 'node:async_hooks';

/** What differs from computer to computer, though all run in one process: how far its clock is off (ms), and its release of the app. */
export type Computer = { offMs: number; release: number };

const running = new AsyncLocalStorage<Computer>();
const RealDate = Date;

/** The time as the program sees it that is running now. */
class ComputerDate extends RealDate {
  constructor(...given: ConstructorParameters<typeof RealDate> | []) {
    super(...((given.length === 0 ? [ComputerDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + (running.getStore()?.offMs ?? 0);
  }
}
globalThis.Date = ComputerDate as DateConstructor;

/** Runs part of a program on this computer; what it starts stays there. */
export const onComputer = <T>(computer: Computer, work: () => T): T => running.run(computer, work);

/** The release of the app on the computer whose program is running now. */
export const releaseHere = (): number => running.getStore()?.release ?? 0;
