/** One text that somebody wrote on a device, and when it stopped being the last word. */
export type Written = {
  mark: string;
  table: string;
  id: string;
  device: string;
  /** `own text`: never dropped while nobody who saw it wrote over it. `newest`: one owner's devices, the newest wins. `fact`: for ever. */
  care: 'own text' | 'newest' | 'fact';
  superseded: boolean;
};

/** What was written in one simulation, so that none of it is lost. */
export class Ledger {
  readonly written = new Map<string, Written>();
  edits = 0;

  /** `over`: the text that the writer saw in this place and replaces knowingly. */
  note(entry: Omit<Written, 'superseded'>, over = ''): void {
    this.edits += 1;
    for (const earlier of this.written.values()) {
      if (earlier.table !== entry.table || earlier.id !== entry.id) continue;
      const isSeen = over.includes(earlier.mark);
      if (isSeen || (earlier.care === 'newest' && entry.care === 'newest')) earlier.superseded = true;
    }
    // Which of two devices' clocks is ahead decides; either text may win.
    const contested =
      entry.care === 'newest' &&
      [...this.written.values()].some(
        (earlier) => earlier.table === entry.table && earlier.id === entry.id && earlier.device !== entry.device,
      );
    this.written.set(entry.mark, { ...entry, superseded: contested });
  }

  /** A row was deleted by somebody who saw this text. */
  drop(table: string, id: string, over: string): void {
    this.edits += 1;
    for (const earlier of this.written.values())
      if (earlier.table === table && earlier.id === id && over.includes(earlier.mark)) earlier.superseded = true;
  }

  /** The texts that must be found somewhere. */
  owed(): Written[] {
    return [...this.written.values()].filter(({ superseded }) => !superseded);
  }
}
