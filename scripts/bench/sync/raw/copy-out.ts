import type { Connection, Submittable } from 'pg';

type Message = { chunk: Uint8Array };

/** A COPY … TO STDOUT whose bytes are handed on as they come; the fastest way out of PostgreSQL. */
export class CopyOut implements Submittable {
  readonly done: Promise<void>;
  private readonly text: string;
  private readonly take: (chunk: Uint8Array) => void;
  private finish!: () => void;
  private fail!: (error: Error) => void;

  constructor(text: string, take: (chunk: Uint8Array) => void) {
    this.text = text;
    this.take = take;
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
  }

  submit(connection: Connection): void {
    connection.query(this.text);
  }
  handleCopyData({ chunk }: Message): void {
    this.take(chunk);
  }
  handleError(error: Error): void {
    this.fail(error);
  }
  handleReadyForQuery(): void {
    this.finish();
  }
  /** What else the protocol says on the way. */
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
}
