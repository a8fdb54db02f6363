import { open, type FileHandle } from 'node:fs/promises';

export type PictureSize = { width: number; height: number };

/** How far into a JPEG its size may stand: behind thumbnails and colour profiles. */
const longestHead = 512 * 1024;

/** Width and height of a PNG or JPEG, read from its head; null for anything else. */
export async function readPictureSize(path: string): Promise<PictureSize | null> {
  const handle = await open(path, 'r');
  try {
    const head = await readHead(handle);
    if (head.subarray(1, 4).toString('latin1') === 'PNG') return sizeOfPng(head);
    return head.readUInt16BE(0) === 0xffd8 ? sizeOfJpeg(head) : null;
  } catch (error) {
    // A head that ends before its size was no picture.
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    await handle.close();
  }
}

async function readHead(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestHead), 0, longestHead, 0);
  return buffer.subarray(0, bytesRead);
}

const sizeOfPng = (head: Buffer): PictureSize => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) });

/** Walks from segment to segment to the one that starts the frame. */
function sizeOfJpeg(head: Buffer): PictureSize | null {
  for (let at = 2; head[at] === 0xff;) {
    const kind = head.readUInt8(at + 1);
    const isFrame = kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind);
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}
