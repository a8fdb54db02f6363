import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * The latest moment this device has ever seen. A clock that was set back cannot bring an expired lease to life again, because
 * "now" never falls below the mark.
 */
export class TrustedTime {
  readonly #file: string;
  #mark: number;

  constructor(file: string) {
    this.#file = file;
    this.#mark = this.#read();
  }

  now(): number {
    this.#mark = Math.max(this.#mark, Date.now());
    return this.#mark;
  }

  /**
   * Takes in a moment that the server has just named as still to come. A mark beyond it was set by a clock that ran ahead, and
   * would keep every lease expired for good: it falls back to the clock, if that is right again.
   */
  correctBy(comingMoment: number): void {
    if (this.#mark > comingMoment && Date.now() < comingMoment) this.#mark = Date.now();
  }

  /** Writes the mark down; called every minute. */
  save(): void {
    writeFileSync(`${this.#file}.new`, String(this.now()), { flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }

  #read(): number {
    try {
      return Number(readFileSync(this.#file, 'utf8')) || 0;
    } catch {
      return 0; // the first start
    }
  }
}
