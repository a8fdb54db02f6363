/** One kind of file: the type it is kept and served as, and what its bytes must be recognised as. */
type Kind = { mime: string; recognised: readonly string[] };

const openXml = (part: string): string => `application/vnd.openxmlformats-officedocument.${part}`;

/**
 * Every kind that may be stored at all, by the ending of its name; programs, scripts and HTML are not among them. A modern
 * office file written by an unusual program is recognised as a plain zip only; its directory is looked at besides. The old ones
 * share one container, and text has no marks of its own.
 */
const kinds: Readonly<Record<string, Kind>> = {
  pdf: { mime: 'application/pdf', recognised: ['pdf'] },
  doc: { mime: 'application/msword', recognised: ['cfb'] },
  docx: { mime: openXml('wordprocessingml.document'), recognised: ['docx', 'zip'] },
  xls: { mime: 'application/vnd.ms-excel', recognised: ['cfb'] },
  xlsx: { mime: openXml('spreadsheetml.sheet'), recognised: ['xlsx', 'zip'] },
  ppt: { mime: 'application/vnd.ms-powerpoint', recognised: ['cfb'] },
  pptx: { mime: openXml('presentationml.presentation'), recognised: ['pptx', 'zip'] },
  txt: { mime: 'text/plain', recognised: ['text'] },
  csv: { mime: 'text/csv', recognised: ['text'] },
  md: { mime: 'text/markdown', recognised: ['text'] },
  jpg: { mime: 'image/jpeg', recognised: ['jpg'] },
  jpeg: { mime: 'image/jpeg', recognised: ['jpg'] },
  png: { mime: 'image/png', recognised: ['png', 'apng'] },
  gif: { mime: 'image/gif', recognised: ['gif'] },
  webp: { mime: 'image/webp', recognised: ['webp'] },
  svg: { mime: 'image/svg+xml', recognised: ['svg'] },
  zip: { mime: 'application/zip', recognised: ['zip', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp'] },
  mp4: { mime: 'video/mp4', recognised: ['mp4', 'm4v', 'mov'] },
  mp3: { mime: 'audio/mpeg', recognised: ['mp3'] },
};

/** The kind of a file with this ending; undefined when there is none. */
export const kindOf = (ending: string): Kind | undefined => (Object.hasOwn(kinds, ending) ? kinds[ending] : undefined);

/** The type a file with this ending is kept as, null when there is no such kind. */
export const mimeOf = ({ ending }: { ending: string }): string | null => kindOf(ending)?.mime ?? null;

/** Kinds that a browser may show in place: none of them can run anything. Everything else is downloaded. */
const shownInPlace = /^(application\/pdf|image\/(png|jpeg|gif|webp)|video\/(mp4|webm)|text\/plain)\b/;
export const isShownInPlace = (mime: string): boolean => shownInPlace.test(mime);
