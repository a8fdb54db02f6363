import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keepMediaSchema, type KeepMedia } from '#desktop/index.ts';

/** Opens and closes the small sealed files that hold a lesson's content key. */
export type Seal = { isAvailable(): boolean; close(text: string): Buffer; open(data: Buffer): string };

/** What is known of each kept lesson: its manifest (with the content key) lies sealed beside the ciphertext. */
export class MediaRecords {
  readonly folder: string;
  readonly #seal: Seal;

  constructor(folder: string, seal: Seal) {
    this.folder = folder;
    this.#seal = seal;
  }

  get canSeal(): boolean {
    return this.#seal.isAvailable();
  }

  write(manifest: KeepMedia): void {
    const file = this.#manifest(manifest.lesson_id);
    writeFileSync(`${file}.new`, this.#seal.close(JSON.stringify(manifest)), { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }

  /** The manifest, or null when none is kept or it can no longer be opened. */
  read(lessonId: string): KeepMedia | null {
    try {
      return keepMediaSchema.parse(JSON.parse(this.#seal.open(readFileSync(this.#manifest(lessonId)))));
    } catch {
      return null; // absent, damaged, or sealed by a key this system lost: the lesson is simply not on this device
    }
  }

  all(): KeepMedia[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.sealed'))
      .map((name) => this.read(name.slice(0, -'.sealed'.length)))
      .filter((manifest) => manifest !== null);
  }

  remove(lessonId: string): void {
    for (const file of [this.#manifest(lessonId), this.partial(lessonId), this.whole(lessonId)])
      rmSync(file, { force: true });
  }

  partial(lessonId: string): string {
    return path.join(this.folder, `${safeId(lessonId)}.part`);
  }

  whole(lessonId: string): string {
    return path.join(this.folder, `${safeId(lessonId)}.enc`);
  }

  #manifest(lessonId: string): string {
    return path.join(this.folder, `${safeId(lessonId)}.sealed`);
  }
}

/** Lesson ids become file names; anything but a UUID is refused. */
function safeId(lessonId: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lessonId)) throw new Error('not a lesson id');
  return lessonId;
}
