import { z } from 'zod';

/**
 * What the renderer may ask of the desktop, channel by channel: one schema in, one out. Expected failures are answers, not
 * throws, because an error crosses the bridge as its message only. The web edition has no desktop: features ask
 * (`desktop?.media`), they do not sniff.
 */
const none = z.undefined();
const lessonId = z.uuid();

export const mediaStateSchema = z.object({
  lesson_id: lessonId,
  state: z.enum(['queued', 'downloading', 'ready', 'failed', 'expired']),
  bytes: z.int(),
  total: z.int().nullable(),
  error: z.enum(['network', 'space', 'checksum', 'gone', 'refused']).nullable(),
  valid_until: z.iso.datetime().nullable(),
});
export type MediaState = z.infer<typeof mediaStateSchema>;

/** What `request-lesson-download` answered, handed on to the main process, which fetches, checks and keeps the file. */
export const keepMediaSchema = z.object({
  lesson_id: lessonId,
  /** Absolute http(s) address of the ciphertext, signed for this session. */
  url: z.url(),
  bytes: z.int().positive(),
  /** SHA-256 of each 4 MB chunk of the ciphertext, hex. */
  chunk_sha256: z.array(z.string().length(64)).min(1),
  /** AES-256-CTR key and 16-byte initial counter, base64. */
  content_key: z.string(),
  iv: z.string(),
  mime: z.string().max(80),
  valid_until: z.iso.datetime(),
  captions: z.array(z.object({ language: z.string(), label: z.string(), vtt: z.string().max(500_000) })),
});
export type KeepMedia = z.infer<typeof keepMediaSchema>;

export const channels = {
  /** Facts for the diagnostics and for the server's device list. */
  'app.info': {
    in: none,
    out: z.object({ version: z.string(), platform: z.string(), device_label: z.string(), server_url: z.string() }),
  },
  /** Remembers which server this app talks to; the app relaunches. */
  'app.setServer': { in: z.object({ url: z.url() }), out: z.object({ ok: z.boolean() }) },
  /** Small secrets sealed by the operating system's store (refresh token, sealing keys). `stored: false` = kept in memory only. */
  'secrets.get': {
    in: z.object({ name: z.string().regex(/^[a-z][a-z0-9.-]{0,80}$/) }),
    out: z.object({ value: z.string().nullable() }),
  },
  'secrets.set': {
    in: z.object({ name: z.string().regex(/^[a-z][a-z0-9.-]{0,80}$/), value: z.string().max(20_000) }),
    out: z.object({ stored: z.boolean() }),
  },
  'secrets.remove': {
    in: z.object({ name: z.string().regex(/^[a-z][a-z0-9.-]{0,80}$/) }),
    out: z.object({ ok: z.boolean() }),
  },
  /** Keeps a lesson's media on this device, resumable; progress comes as `media.changed`. */
  'media.keep': { in: keepMediaSchema, out: z.object({ ok: z.boolean() }) },
  'media.remove': { in: z.object({ lesson_id: lessonId }), out: z.object({ ok: z.boolean() }) },
  'media.list': { in: none, out: z.array(mediaStateSchema) },
  /** Address of kept media within the app's own origin (`/media/<lesson>`), null when it may not play. */
  'media.url': {
    in: z.object({ lesson_id: lessonId }),
    out: z.object({
      url: z.string().nullable(),
      captions: z.array(z.object({ language: z.string(), label: z.string(), url: z.string() })),
    }),
  },
  /** A notice of the operating system; a click opens the link inside the app. */
  'notice.show': {
    in: z.object({ title: z.string().max(120), body: z.string().max(300), link: z.string().max(200) }),
    out: z.object({ ok: z.boolean() }),
  },
  /** Opens an https or mailto address in the user's browser. */
  'shell.open': { in: z.object({ url: z.string().max(2000) }), out: z.object({ ok: z.boolean() }) },
} as const;
export type Channel = keyof typeof channels;
export type Input<C extends Channel> = z.infer<(typeof channels)[C]['in']>;
export type Output<C extends Channel> = z.infer<(typeof channels)[C]['out']>;

/** What the desktop tells the renderer on its own. */
export const events = {
  'media.changed': mediaStateSchema,
  /** A deep link or a clicked notice: a path such as `lesson/<id>`. */
  'link.opened': z.object({ link: z.string().max(200) }),
  'power.resumed': z.object({}),
} as const;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>;

/** The one object the preload exposes as `window.desktop`. */
export type DesktopBridge = {
  invoke<C extends Channel>(channel: C, input: Input<C>): Promise<Output<C>>;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
};
