/** Tells the parts of this process that it is about to stop. Once begun it does not end. */
export type Drain = {
  readonly hasBegun: boolean;
  /** `ms`: how long it still serves people. */
  begin(ms: number): void;
  /** Called once, when it begins. */
  onBegin(work: (ms: number) => void): void;
};

export function createDrain(): Drain {
  const listeners = new Set<(ms: number) => void>();
  let hasBegun = false;
  return {
    get hasBegun() {
      return hasBegun;
    },
    begin(ms) {
      if (hasBegun) return;
      hasBegun = true;
      for (const work of listeners) work(ms);
    },
    onBegin: (work) => void listeners.add(work),
  };
}
