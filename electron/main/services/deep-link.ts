const id = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const known = [
  new RegExp(`^(?:lesson|assignment|submission|review|session|ticket|thread|invoice|student|notification)/${id}$`),
  /^(?:notifications|profile|sync)$/,
];

/**
 * The place in the app that a `growthos://` link means (`lesson/<id>`), or null. A link may only lead somewhere: it carries no
 * token and changes nothing. `?t=<seconds>` is kept for lessons.
 */
export function parseDeepLink(raw: string): string | null {
  if (raw.length > 300 || !URL.canParse(raw)) return null;
  const url = new URL(raw);
  if (url.protocol !== 'growthos:' || url.username || url.password || url.port || url.hash) return null;
  const place = `${url.host}${url.pathname}`.toLowerCase();
  if (!known.some((pattern) => pattern.test(place))) return null;
  const seconds = url.searchParams.get('t');
  return place.startsWith('lesson/') && seconds && /^\d{1,6}$/.test(seconds) ? `${place}?t=${seconds}` : place;
}

/** The one link among a process's arguments. Anything after it is not ours to trust. */
export function linkAmong(argv: readonly string[]): string | null {
  const raw = argv.find((argument) => argument.startsWith('growthos:'));
  return raw ? parseDeepLink(raw) : null;
}
