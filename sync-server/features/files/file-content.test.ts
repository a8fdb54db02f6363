import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWhatItSays } from './file-content.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-content-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function accepts(bytes: Buffer | string, ending: string): Promise<boolean> {
  const file = join(folder, randomUUID());
  await writeFile(file, bytes);
  return isWhatItSays(file, ending);
}

type Entry = { name: string; data?: Buffer; packed?: number; bytes?: number };

/** A zip whose entries are stored unpacked; its directory may lie about sizes. */
function zip(entries: Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const { name, data = Buffer.from('x'), packed = data.length, bytes = data.length } of entries) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt32LE(packed, 20);
    central.writeUInt32LE(bytes, 24);
    central.writeUInt16LE(name.length, 28);
    parts.push(local, Buffer.from(name), data);
    directory.push(central, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const office = [{ name: '[Content_Types].xml', data: Buffer.from('<Types/>') }, { name: 'word/document.xml' }];

describe('archives', () => {
  test('an honest one is taken', async () => {
    expect(await accepts(zip([{ name: 'index.html' }, { name: 'css/style.css' }]), 'zip')).toBe(true);
    expect(await accepts(zip(office), 'docx')).toBe(true);
  });

  test.each<[string, Buffer]>([
    ['claims to unpack to gigabytes', zip([{ name: 'a', bytes: 0xfffffffe, packed: 1 }])],
    ['claims a thousandfold', zip([{ name: 'a', data: Buffer.alloc(150_000), bytes: 150_000_000 }])],
    ['has entries that share their bytes', zip([{ name: 'a', packed: 5000, bytes: 5000 }])],
    ['needs 64 bits for its sizes', zip([{ name: 'a', packed: 0xffffffff, bytes: 0xffffffff }])],
    ['has no directory', zip([{ name: 'a' }]).subarray(0, 40)],
    ['has a directory cut short', Buffer.concat([Buffer.from('PK\x03\x04'), zip([{ name: 'a' }]).subarray(-22)])],
    ['has too many entries', zip(Array.from({ length: 10_001 }, (_, at) => ({ name: String(at) })))],
  ])('one that %s is not', async (_what, bytes) => {
    expect(await accepts(bytes, 'zip')).toBe(false);
  });

  test('an office file has the parts of one, and no macros', async () => {
    expect(await accepts(zip([{ name: 'run.exe' }]), 'docx')).toBe(false);
    expect(await accepts(zip([...office, { name: 'word/vbaProject.bin' }]), 'docx')).toBe(false);
    expect(await accepts(zip(office), 'xlsx')).toBe(true);
  });
});

describe('what a name promises', () => {
  const pdf = '%PDF-1.7\n1 0 obj';
  test.each<[string, Buffer | string, string, boolean]>([
    ['a PDF', pdf, 'pdf', true],
    ['a page in front of a PDF', `<script>alert(1)</script>${pdf}`, 'pdf', false],
    ['a PDF called a picture', pdf, 'png', false],
    ['a program called a PDF', 'MZ\x90\0\x03', 'pdf', false],
    ['a program for another system', Buffer.from('7f454c46020101', 'hex'), 'zip', false],
    ['a picture that is also a program', Buffer.concat([Buffer.from('MZ'), Buffer.from('GIF89a')]), 'gif', false],
    ['text', 'Plain, with ünïcödé and 😀', 'txt', true],
    ['text with a NUL', 'a\0b', 'txt', false],
    ['text that is no UTF-8', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 'txt', false],
    ['a script called text', '#!/bin/sh\nrm -rf /', 'zip', false],
    ['nothing known', pdf, 'exe', false],
    ['a property of objects', pdf, 'constructor', false],
  ])('%s as such', async (_what, bytes, ending, expected) => {
    expect(await accepts(bytes, ending)).toBe(expected);
  });
});

describe('drawings', () => {
  const svg = (inside: string, attributes = '') =>
    `<svg xmlns="http://www.w3.org/2000/svg"${attributes}>${inside}</svg>`;
  test.each([
    svg('<path d="M0 0h8"/>'),
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n${svg('<g fill="url(#a)"><circle r="1" /></g>')}`,
    svg('<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs><use href="#a"/>'),
    svg('<title>Falcon &amp; sons</title><text x="1">A &lt; B</text>'),
  ])('that only draw are taken: %s', async (text) => {
    expect(await accepts(text, 'svg')).toBe(true);
  });

  test.each([
    svg('<script>alert(1)</script>'),
    svg('<SCRIPT>alert(1)</SCRIPT>'),
    svg('<a href="javascript:alert(1)"><path/></a>'),
    svg('', ' onload="alert(1)"'),
    svg('', ' onload=alert(1)'),
    svg('<path onclick = "x"/>'),
    svg('<foreignObject><iframe src="x"/></foreignObject>'),
    svg('<image href="https://evil.example/x.png"/>'),
    svg('<use href="https://evil.example/x.svg#a"/>'),
    svg('<use xlink:href="data:image/svg+xml;base64,PHN2Zz4="/>'),
    svg('<style>@import "https://evil.example/x.css"</style>'),
    svg('<path style="fill:url(https://evil.example/x)"/>'),
    svg('<path style="fill:url(&#104;ttps://evil.example/x)"/>'),
    svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
    svg('<set attributeName="onload" to="alert(1)"/>'),
    `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text>&x;</text>')}`,
    `<?xml-stylesheet href="https://evil.example/x.css"?>${svg('')}`,
    svg('<!-- --><script>alert(1)</script>'),
    svg('<![CDATA[<script>alert(1)</script>]]>'),
    '<html><svg></svg></html>',
    'text',
    '',
  ])('that do more are not: %s', async (text) => {
    expect(await accepts(text, 'svg')).toBe(false);
  });

  test('that are no text are not', async () => {
    expect(await accepts(Buffer.from([0x3c, 0x73, 0x76, 0x67, 0xff]), 'svg')).toBe(false);
  });
});
