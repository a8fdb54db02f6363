import { open, type FileHandle } from 'node:fs/promises';

/** Archives larger than any honest hand-in, by their own account of themselves. */
const mostEntries = 10_000;
const mostBytes = 4 * 1024 ** 3;
/** Text packs by a factor of twenty or so; above a hundred times, over a hundred megabytes, it was made to be unpacked by fools. */
const bigEnough = 100 * 1024 * 1024;
const worstRatio = 100;

const endRecord = 0x06054b50;
const entryRecord = 0x02014b50;
const endBytes = 22;
const longestComment = 65_535;
/** Written in place of a size that needs 64 bits: four gigabytes and more. */
const beyond = 0xffffffff;

type Entry = { name: string; packed: number; bytes: number };

/**
 * Judges a zip by its directory alone; nothing is ever unpacked. False for one that claims absurd sizes, whose entries overlap
 * (they share bytes to blow up further), that has no readable directory, or that is an office file by its name and not by its
 * parts, or carries macros.
 */
export async function isHarmlessArchive(path: string, ending: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const entries = await readDirectory(handle, size);
    if (!entries) return false;
    const bytes = sum(entries, (entry) => entry.bytes);
    const packed = sum(entries, (entry) => entry.packed);
    if (packed > size || bytes > mostBytes) return false;
    if (bytes > bigEnough && bytes > packed * worstRatio) return false;
    return !isOffice(ending) || isOfficeArchive(entries.map(({ name }) => name.toLowerCase()));
  } finally {
    await handle.close();
  }
}

const isOffice = (ending: string): boolean => ['docx', 'xlsx', 'pptx'].includes(ending);

const isOfficeArchive = (names: string[]): boolean =>
  names.includes('[content_types].xml') && !names.some((name) => name.endsWith('vbaproject.bin'));

/** The entries the directory lists; null when there is none that can be trusted. */
async function readDirectory(handle: FileHandle, size: number): Promise<Entry[] | null> {
  const tail = await readAt(handle, Math.max(0, size - endBytes - longestComment), size);
  const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (at < 0 || at + endBytes > tail.length || tail.readUInt32LE(at) !== endRecord) return null;
  const count = tail.readUInt16LE(at + 10);
  const length = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  if (count > mostEntries || start + length > size || length > mostEntries * 400) return null;
  return readEntries(await readAt(handle, start, start + length), count);
}

function readEntries(directory: Buffer, count: number): Entry[] | null {
  const entries: Entry[] = [];
  let at = 0;
  for (let seen = 0; seen < count; seen++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entryRecord) return null;
    const [packed, bytes] = [directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24)];
    if (packed === beyond || bytes === beyond) return null;
    const nameLength = directory.readUInt16LE(at + 28);
    const rest = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    entries.push({ name: directory.toString('utf8', at + 46, at + 46 + nameLength), packed, bytes });
    at += 46 + nameLength + rest;
  }
  return entries;
}

async function readAt(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

const sum = (entries: Entry[], of: (entry: Entry) => number): number =>
  entries.reduce((total, entry) => total + of(entry), 0);
