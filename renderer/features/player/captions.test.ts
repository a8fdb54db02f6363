import { expect, test } from 'vitest';
import { cuesAt, parseCaptions } from './captions.ts';

const vtt = `WEBVTT

NOTE made for a test

1
00:00:01.000 --> 00:00:04.500 line:90%
<v Bilal>Hello &amp; welcome.</v>

00:05.000 --> 00:07.000
Two
lines

broken
00:09.000 -> 00:10.000
not shown

01:00:00.000 --> 01:00:01.000
Late
`;

test('cues are read with their plain text', () => {
  expect(parseCaptions(vtt)).toEqual([
    { from: 1, to: 4.5, text: 'Hello & welcome.' },
    { from: 5, to: 7, text: 'Two\nlines' },
    { from: 3600, to: 3601, text: 'Late' },
  ]);
});

test('Windows line ends make no difference, and nonsense makes no cues', () => {
  expect(parseCaptions(vtt.replaceAll('\n', '\r\n'))).toHaveLength(3);
  expect(parseCaptions('<html>')).toEqual([]);
  expect(parseCaptions('')).toEqual([]);
});

test('the cue of a moment', () => {
  const cues = parseCaptions(vtt);
  expect(cuesAt(cues, 4.49).map((cue) => cue.text)).toEqual(['Hello & welcome.']);
  expect(cuesAt(cues, 4.5)).toEqual([]);
});
