import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { readForm } from './form-body.ts';

/** The body in pieces of one size, so that every mark is once cut in two. */
async function* inPieces(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function read(form: FormData, size: number): Promise<{ fields: Record<string, string>; bytes: Buffer }> {
  const request = new Response(form);
  const body = Buffer.from(await request.arrayBuffer());
  const { fields, file } = await readForm(request.headers.get('content-type')!, inPieces(body, size));
  return { fields: Object.fromEntries(fields), bytes: await buffer(file) };
}

test.each([1, 2, 3, 7, 64, 1000, 100_000])('fields and bytes come through, in pieces of %i', async (size) => {
  const form = new FormData();
  const bytes = Buffer.from(`--\r\n--x\r\n${'a'.repeat(500)}\r\n-`);
  form.append('cacheControl', '60');
  form.append('metadata', '{"é":"\\n"}');
  form.append('', new Blob([bytes], { type: 'application/pdf' }));
  expect(await read(form, size)).toEqual({ fields: { cacheControl: '60', metadata: '{"é":"\\n"}' }, bytes });
});

test('an empty file is empty', async () => {
  const form = new FormData();
  form.append('file', new Blob([]));
  expect((await read(form, 10)).bytes).toHaveLength(0);
});

test.each([
  ['no boundary', 'multipart/form-data', 'x'],
  ['nothing in it', 'multipart/form-data; boundary=x', ''],
  [
    'no file',
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
  ],
  ['no disposition', 'multipart/form-data; boundary=x', '--x\r\nx: y\r\n\r\nb\r\n--x--\r\n'],
  ['an endless field', 'multipart/form-data; boundary=x', `--x\r\n${'a'.repeat(200_000)}`],
])('%s is refused', async (_what, type, body) => {
  await expect(readForm(type, inPieces(Buffer.from(body), 1000))).rejects.toThrow('no file');
});

test('a form that is cut short is refused, and not taken for a shorter file', async () => {
  const body = '--x\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\nabcdef';
  const { file } = await readForm('multipart/form-data; boundary=x', inPieces(Buffer.from(body), 5));
  await expect(buffer(file)).rejects.toThrow('cut short');
});
