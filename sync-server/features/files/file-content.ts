import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { kindOf } from './file-kinds.ts';
import { isHarmlessSvg } from './harmless-svg.ts';
import { isHarmlessArchive } from './zip-directory.ts';

/** A drawing longer than this is no logo. */
const longestSvg = 512 * 1024;

/** Whether the bytes are what the name says. Looks at the content only: names and declared types are anybody's word. */
export async function isWhatItSays(path: string, ending: string): Promise<boolean> {
  const kind = kindOf(ending);
  if (!kind) return false;
  if (ending === 'svg') return (await stat(path)).size <= longestSvg && isHarmlessSvg(await readFile(path));
  // Before anything may look inside an archive.
  if ((await beginsLikeZip(path)) && !(await isHarmlessArchive(path, ending))) return false;
  const found = await fileTypeFromFile(path);
  if (found) return kind.recognised.includes(found.ext);
  return kind.recognised.includes('text') && (await isText(path));
}

async function beginsLikeZip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.toString('latin1') === 'PK';
  } finally {
    await handle.close();
  }
}

/** Plain text: valid UTF-8 without NUL from end to end. */
async function isText(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) {
      if ((chunk as Buffer).includes(0)) return false;
      decoder.decode(chunk as Buffer, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
