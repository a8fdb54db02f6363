/** One line of captions, in seconds. */
export type Cue = { from: number; to: number; text: string };

/** `01:02:03.500` or `02:03.500` in seconds; NaN for anything else. */
function readStamp(stamp: string): number {
  const match = /^(?:(\d{2,}):)?(\d{2}):(\d{2})\.(\d{3})$/.exec(stamp);
  if (!match) return Number.NaN;
  const [, hours = '0', minutes, seconds, millis] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(millis) / 1000;
}

/** Reads WebVTT: cues with their plain text. Notes, styles, cue settings and markup are left out; broken cues are skipped. */
export function parseCaptions(vtt: string): Cue[] {
  const blocks = vtt.replaceAll('\r\n', '\n').split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const timing = lines.findIndex((line) => line.includes('-->'));
    const [, from = '', to = ''] = /^\s*(\S+)\s+-->\s+(\S+)/.exec(lines[timing] ?? '') ?? [];
    const cue = { from: readStamp(from), to: readStamp(to), text: plainText(lines.slice(timing + 1)) };
    return cue.to > cue.from && cue.text ? [cue] : [];
  });
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&lrm;': '',
  '&rlm;': '',
};

const plainText = (lines: string[]): string =>
  lines
    .join('\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (entity) => entities[entity]!)
    .trim();

/** What is said at this second; several cues may overlap. */
export const cuesAt = (cues: readonly Cue[], seconds: number): Cue[] =>
  cues.filter(({ from, to }) => from <= seconds && seconds < to);
