/** One text that somebody wrote on a device, and when it stopped being the last word. */
export type Written = {
  mark: string;
  table: string;
  id: string;
  column: string;
  device: string;
  /** `own text`: never dropped while nobody who saw it wrote over it. `newest`: one owner's devices, the newest wins. `fact`: for ever. */
  care: 'own text' | 'newest' | 'fact';
  superseded: boolean;
};

/** What was written in one simulation, so that none of it is lost. */
export class Ledger {
  readonly written = new Map<string, Written>();
  /** Files that were picked: id to the SHA-256 of their bytes. */
  readonly files = new Map<string, string>();
  /** When work was really handed in, whatever its computer's clock said, ms since 1970. */
  readonly moments = new Map<string, number>();
  /** Problems that their person dealt with: device, table and row. */
  readonly answered = new Set<string>();
  /** States of rows, by their token, that were changed on the server before a deletion made over them could be judged. */
  readonly outdated = new Set<string>();
  /** Commands that were given more than once, by what they name: whether the server says that it was done. */
  readonly orders = new Map<string, 'made' | 'refused'>();
  /** How often each kind of edit was made. */
  readonly kinds = new Map<string, number>();
  edits = 0;

  count(kind: string): void {
    this.edits += 1;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
  }

  /** `over`: the text that the writer saw in this place and replaces knowingly, wherever it had been written (a copy holds another row's). */
  note(entry: Omit<Written, 'superseded'>, over = ''): void {
    let contested = false;
    this.giveUp(entry.table, over);
    for (const earlier of this.written.values()) {
      if (earlier.table !== entry.table || earlier.id !== entry.id || earlier.column !== entry.column) continue;
      if (earlier.care !== 'newest' || entry.care !== 'newest') continue;
      earlier.superseded = true;
      // Which of two devices wrote later by its clock decides; either text may win, and the operations tell which must.
      if (earlier.device !== entry.device) contested = true;
    }
    this.written.set(entry.mark, { ...entry, superseded: contested });
  }

  /** A row was deleted by somebody who saw this text. */
  drop(table: string, id: string, over: string): void {
    this.giveUp(table, over);
    for (const earlier of this.written.values())
      if (earlier.table === table && earlier.id === id && earlier.care === 'newest') earlier.superseded = true;
  }

  private giveUp(table: string, over: string): void {
    for (const earlier of this.written.values())
      if (earlier.table === table && over.includes(earlier.mark)) earlier.superseded = true;
  }

  /** It went with the person it was about. */
  forgive(mark: string): void {
    const entry = this.written.get(mark);
    if (entry) entry.superseded = true;
  }

  /** The texts that must be found somewhere. */
  owed(): Written[] {
    return [...this.written.values()].filter(({ superseded }) => !superseded);
  }
}
