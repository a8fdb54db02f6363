import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPictureSize } from './picture-size.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-size-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sizeOf = async (hex: string) => {
  const file = join(folder, 'picture');
  await writeFile(file, Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return readPictureSize(file);
};
const png = '89504e470d0a1a0a 0000000d 49484452 00000100 00000200 0806000000';
/** A comment, a table that looks like a frame, then the frame. */
const jpeg = 'ffd8 fffe0004abcd ffc40004abcd ffc2000b 08 0190 0280 03';

test.each([
  ['a PNG', png, { width: 256, height: 512 }],
  ['a JPEG', jpeg, { width: 640, height: 400 }],
  ['a PNG cut short', png.slice(0, 50), null],
  ['a JPEG cut short', jpeg.slice(0, 40), null],
  ['a JPEG without a frame', 'ffd8 fffe0004abcd 00', null],
  ['a GIF', '474946383961', null],
  ['nothing', '', null],
])('%s', async (_what, hex, expected) => {
  expect(await sizeOf(hex)).toEqual(expected);
});
