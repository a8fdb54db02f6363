/** The part of RxDB's storage that both its version 15 and its version 17 have. */
type Changes = {
  changeStream(): {
    subscribe(listener: (bulk: { events: { documentId: string }[] }) => void): { unsubscribe(): void };
  };
};

/** Documents counted one by one as a client's own store announces them. */
export type Arrivals = { seen: ReadonlySet<string>; reached(count: number): Promise<number>; stop(): void };

/** `concerns` tells which of the store's documents count. `reached` resolves to the time (ms) at which so many were there. */
export function countArrivals(store: Changes, concerns: (documentId: string) => boolean): Arrivals {
  const seen = new Set<string>();
  let goal: { count: number; done: (at: number) => void } | null = null;
  const tell = (): void => {
    if (goal && seen.size >= goal.count) goal.done(performance.now());
  };
  const subscription = store.changeStream().subscribe(({ events }) => {
    for (const { documentId } of events) if (concerns(documentId)) seen.add(documentId);
    tell();
  });
  return {
    seen,
    reached: (count) =>
      new Promise((done) => {
        goal = { count, done };
        tell();
      }),
    stop: () => subscription.unsubscribe(),
  };
}
