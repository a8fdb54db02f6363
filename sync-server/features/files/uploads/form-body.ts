import { AppError } from '../../../http/errors.ts';

/** A form with one file: the plain fields before it, and its bytes as they come. */
export type Form = { fields: Map<string, string>; file: AsyncIterable<Buffer> };

/** Fields and headers of a form are short; only the file may be long. */
const longestHead = 64 * 1024;

/**
 * Reads `multipart/form-data` as storage-js and browsers send it: fields first, then one file, whose bytes are handed on without
 * ever being held. Throws INVALID_INPUT for anything else.
 */
export async function readForm(contentType: string, body: AsyncIterable<Buffer>): Promise<Form> {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  if (!boundary) throw unreadable();
  const source = chunks(body);
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`, 'latin1');
  const fields = new Map<string, string>();
  // The first delimiter has no line before it.
  let rest = await readUntil(source, Buffer.from('\r\n'), delimiter);
  for (let part = 0; part < 20; part++) {
    const head = await readUntil(source, rest.after, Buffer.from('\r\n\r\n'));
    const disposition = /^content-disposition:\s*form-data(;.*)$/im.exec(head.before.toString('utf8'))?.[1];
    if (disposition === undefined) throw unreadable();
    if (/;\s*filename\*?=/i.test(disposition)) return { fields, file: untilDelimiter(source, head.after, delimiter) };
    rest = await readUntil(source, head.after, delimiter);
    fields.set(/;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? '', rest.before.toString('utf8'));
  }
  throw unreadable();
}

const unreadable = (): AppError => new AppError('INVALID_INPUT', { message: 'The form holds no file.' });

type Source = () => Promise<Buffer | null>;

function chunks(body: AsyncIterable<Buffer>): Source {
  const iterator = body[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await iterator.next();
    return done ? null : value;
  };
}

/** What comes before a mark, and what has been read behind it. */
async function readUntil(source: Source, begun: Buffer, mark: Buffer): Promise<{ before: Buffer; after: Buffer }> {
  let seen = begun;
  for (;;) {
    const at = seen.indexOf(mark);
    if (at >= 0) return { before: seen.subarray(0, at), after: seen.subarray(at + mark.length) };
    const next = seen.length > longestHead ? null : await source();
    if (!next) throw unreadable();
    seen = Buffer.concat([seen, next]);
  }
}

/** The bytes up to the next delimiter; a body that ends before it is cut short and refused. */
async function* untilDelimiter(source: Source, begun: Buffer, delimiter: Buffer): AsyncGenerator<Buffer> {
  let held = begun;
  for (;;) {
    const at = held.indexOf(delimiter);
    if (at >= 0) {
      if (at > 0) yield held.subarray(0, at);
      // What follows is another part or the end; a second file is not asked for.
      while (await source());
      return;
    }
    // The delimiter may begin in these bytes and end in the next.
    const sure = held.length - delimiter.length + 1;
    if (sure > 0) yield held.subarray(0, sure);
    const next = await source();
    if (!next) throw new AppError('INVALID_INPUT', { message: 'The form was cut short.' });
    held = Buffer.concat([sure > 0 ? held.subarray(sure) : held, next]);
  }
}
