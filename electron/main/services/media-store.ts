import { existsSync, mkdirSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { KeepMedia, MediaState } from '#desktop/index.ts';
import { rangeHead } from '../window/serve-range.ts';
import { decryptRange } from './media/decrypt.ts';
import { download, DownloadFailure, type DownloadError } from './media/download.ts';
import { MediaRecords, type Seal } from './media/record.ts';

const parallel = 2;

type Options = {
  folder: string;
  seal: Seal;
  fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970 that no change of the clock can turn back. */
  now: () => number;
  /** A moment still to come, as the server has just said. */
  onServerWord: (comingMoment: number) => void;
  onChange: (state: MediaState) => void;
};

/**
 * Lesson media kept on this device: ciphertext on disk, its key sealed by the operating system, played through the app's own
 * scheme. The page names lessons only; which file that is and whether it may still play is decided here.
 */
export class MediaStore {
  readonly #options: Options;
  readonly #records: MediaRecords;
  readonly #running = new Map<string, { stop: AbortController; bytes: number }>();
  readonly #waiting: string[] = [];
  readonly #failed = new Map<string, DownloadError>();

  constructor(options: Options) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#options = options;
    this.#records = new MediaRecords(options.folder, options.seal);
  }

  /** Starts or renews keeping a lesson; false where keys cannot be sealed, because then nothing may stay on disk. */
  keep(manifest: KeepMedia): boolean {
    if (!this.#records.canSeal) return false;
    this.#options.onServerWord(Date.parse(manifest.valid_until));
    const before = this.#records.read(manifest.lesson_id);
    // Another ciphertext: the old one must go, its key opens nothing of the new one.
    if (before && before.chunk_sha256.join() !== manifest.chunk_sha256.join()) this.remove(manifest.lesson_id);
    this.#records.write(manifest);
    this.#failed.delete(manifest.lesson_id);
    if (!this.#isWhole(manifest.lesson_id)) this.#enqueue(manifest.lesson_id);
    this.#report(manifest.lesson_id);
    return true;
  }

  /** Goes on with what an earlier run left unfinished. */
  resume(): void {
    for (const { lesson_id } of this.#records.all()) if (!this.#isWhole(lesson_id)) this.#enqueue(lesson_id);
  }

  remove(lessonId: string): void {
    this.#running.get(lessonId)?.stop.abort();
    const queued = this.#waiting.indexOf(lessonId);
    if (queued >= 0) this.#waiting.splice(queued, 1);
    this.#failed.delete(lessonId);
    this.#records.remove(lessonId);
  }

  list(): MediaState[] {
    return this.#records.all().map((manifest) => this.#state(manifest));
  }

  /** The manifest of a lesson that may play now, else null. */
  playable(lessonId: string): KeepMedia | null {
    const manifest = this.#records.read(lessonId);
    return manifest && this.#state(manifest).state === 'ready' ? manifest : null;
  }

  /** Answers `media/<lesson>` and `media/<lesson>/captions/<language>`. */
  serve(place: string, request: Request): Response {
    const [lessonId = '', kind, language] = place.split('/');
    const manifest = isUuid(lessonId) ? this.playable(lessonId) : null;
    if (!manifest) return new Response('not on this device', { status: 404 });
    if (kind === 'captions') return captions(manifest, language ?? '');
    if (kind !== undefined) return new Response('not found', { status: 404 });
    const head = rangeHead(request.headers.get('range'), manifest.bytes);
    const headers = { ...head.headers, 'content-type': manifest.mime, 'x-content-type-options': 'nosniff' };
    if (head.status === 416 || request.method === 'HEAD') return new Response(null, { status: head.status, headers });
    const plain = decryptRange(this.#records.whole(lessonId), manifest, head.range.start, head.range.end);
    return new Response(Readable.toWeb(plain) as ReadableStream, { status: head.status, headers });
  }

  #enqueue(lessonId: string): void {
    if (!this.#running.has(lessonId) && !this.#waiting.includes(lessonId)) this.#waiting.push(lessonId);
    this.#next();
  }

  #next(): void {
    while (this.#running.size < parallel) {
      const lessonId = this.#waiting.shift();
      if (lessonId === undefined) return;
      const manifest = this.#records.read(lessonId);
      if (manifest) void this.#run(manifest);
    }
  }

  async #run(manifest: KeepMedia): Promise<void> {
    const lessonId = manifest.lesson_id;
    const job = { stop: new AbortController(), bytes: 0 };
    this.#running.set(lessonId, job);
    let reported = 0;
    try {
      await download(
        manifest,
        { partial: this.#records.partial(lessonId), whole: this.#records.whole(lessonId) },
        {
          fetch: this.#options.fetch,
          signal: job.stop.signal,
          onBytes: (bytes) => {
            job.bytes = bytes;
            if (bytes - reported < manifest.bytes / 50) return; // at most some fifty reports a file
            reported = bytes;
            this.#report(lessonId);
          },
        },
      );
    } catch (error) {
      if (!job.stop.signal.aborted)
        this.#failed.set(lessonId, error instanceof DownloadFailure ? error.code : 'network');
    } finally {
      this.#running.delete(lessonId);
      if (job.stop.signal.aborted) this.#records.remove(lessonId);
      this.#report(lessonId);
      this.#next();
    }
  }

  #isWhole(lessonId: string): boolean {
    return existsSync(this.#records.whole(lessonId));
  }

  #state(manifest: KeepMedia): MediaState {
    const lessonId = manifest.lesson_id;
    const running = this.#running.get(lessonId);
    const error = this.#failed.get(lessonId) ?? null;
    const whole = this.#isWhole(lessonId);
    const expired = Date.parse(manifest.valid_until) <= this.#options.now();
    const state = whole ? (expired ? 'expired' : 'ready') : running ? 'downloading' : error ? 'failed' : 'queued';
    const bytes = whole ? statSync(this.#records.whole(lessonId)).size : (running?.bytes ?? 0);
    return { lesson_id: lessonId, state, bytes, total: manifest.bytes, error, valid_until: manifest.valid_until };
  }

  #report(lessonId: string): void {
    const manifest = this.#records.read(lessonId);
    if (manifest) this.#options.onChange(this.#state(manifest));
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function captions(manifest: KeepMedia, language: string): Response {
  const track = manifest.captions.find((caption) => caption.language === language);
  if (!track) return new Response('not found', { status: 404 });
  return new Response(track.vtt, {
    headers: { 'content-type': 'text/vtt; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
}
