import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const settingsSchema = z.object({
  server_url: z.url({ protocol: /^https?$/ }).optional(),
  window: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() }).optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What the app remembers about itself on this machine; a damaged file counts as none. */
export class SettingsFile {
  readonly #file: string;
  #current: Settings;

  constructor(folder: string) {
    this.#file = path.join(folder, 'settings.json');
    this.#current = this.#read();
  }

  get current(): Settings {
    return this.#current;
  }

  save(change: Settings): void {
    this.#current = { ...this.#current, ...change };
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#current), { flush: true });
    renameSync(`${this.#file}.new`, this.#file);
  }

  #read(): Settings {
    try {
      return settingsSchema.catch({}).parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return {}; // absent on the first start, or unreadable: start with the defaults
    }
  }
}
