import { expect, test } from 'vitest';
import { handedInText, receiptCode, receiptSchema } from './receipts.ts';

const files = [
  { id: '0190a0b0-0000-7000-8000-000000000001', sha256: 'a'.repeat(64) },
  { id: '0190a0b0-0000-7000-8000-000000000002', sha256: 'b'.repeat(64) },
];

test('the text names what was written, every link and the bytes of every file, in their order', () => {
  const work = { content: 'My plan', links: ['https://a.example', 'https://b.example'], files };
  const text = handedInText(work);
  expect(
    handedInText({ files: files.map((file) => ({ ...file, name: 'x' })), links: work.links, content: work.content }),
  ).toBe(text);
  const others = [
    { ...work, content: 'My plan ' },
    { ...work, content: null },
    { ...work, links: work.links.toReversed() },
    { ...work, files: files.toReversed() },
    { ...work, files: [{ ...files[0]!, sha256: 'c'.repeat(64) }, files[1]!] },
  ];
  expect(new Set([text, ...others.map(handedInText)]).size).toBe(6);
});

test('a code is twelve signs that nobody mistakes for one another', () => {
  const code = receiptCode(Uint8Array.from({ length: 32 }, (_, at) => at * 7));
  expect(code).toBe('07EN-W3AH-RZ6D');
  expect(receiptSchema.shape.code.safeParse(code).success).toBe(true);
  expect(code).not.toMatch(/[ILOU]/);
});
