/**
 * Renders the demo clips: a title card with a running clock and a bar (so that seeking and resuming can be seen), a tick
 * every second and the spoken lines of `clips.ts`; captions are written beside them. Only for changing the clips: the
 * results are committed. Needs `ffmpeg` with libvpx, libopus, freetype and flite (Debian's package has them).
 *
 *   node scripts/make-clips.ts
 */
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { type Clip, clipFiles, clips } from '../sync-server/seed/clips/clips.ts';

const frame = { width: 640, height: 360, rate: 10 };
const font = process.argv[2] ?? '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';

/** Text of a drawtext filter, inside a filter graph: two levels of escaping. */
const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll("'", '’');

function videoGraph(clip: Clip): string {
  const text = (value: string, size: number, y: string, colour: string): string =>
    `drawtext=fontfile=${font}:text='${value}':fontsize=${size}:fontcolor=${colour}:x=(w-text_w)/2:y=${y}`;
  const clock = String.raw`%{pts\:hms}`;
  return [
    `color=c=0x${clip.background}:s=${frame.width}x${frame.height}:r=${frame.rate}:d=${clip.seconds}`,
    text(quoted(clip.title), 34, '96', 'white'),
    text('Falcon Academy', 18, '58', '0xa1abbb'),
    `drawtext=fontfile=${font}:text='${clock}':fontsize=52:fontcolor=white:x=(w-text_w)/2:y=190`,
    'drawbox=x=0:y=352:w=640:h=8:color=0x97abff@0.25:t=fill[card]',
  ].join(',');
}

function audioGraph(clip: Clip): string {
  const spoken = clip.lines.map(
    (line, index) =>
      `flite=text='${quoted(line.text).replaceAll(',', '\\,')}':voice=slt,aresample=48000,` +
      `aformat=channel_layouts=mono,adelay=${line.at * 1000},apad=whole_dur=${clip.seconds}[v${index}]`,
  );
  const tick = `aevalsrc='0.08*sin(880*2*PI*t)*lt(mod(t\\,1)\\,0.04)':s=48000:d=${clip.seconds}[tick]`;
  const inputs = ['[tick]', ...clip.lines.map((_, index) => `[v${index}]`)].join('');
  return [
    tick,
    ...spoken,
    `${inputs}amix=inputs=${clip.lines.length + 1}:duration=first:normalize=0,asetnsamples=n=960[sound]`,
  ].join(';');
}

function render(clip: Clip, path: string): void {
  const bar = `color=c=0x97abff:s=${frame.width}x8:r=${frame.rate}:d=${clip.seconds}[bar]`;
  const moving = `[card][bar]overlay=x='-W+W*t/${clip.seconds}':y=352:eval=frame,format=yuv420p[picture]`;
  execFileSync(
    'ffmpeg',
    [
      ['-hide_banner', '-loglevel', 'error', '-y', '-fflags', '+bitexact'],
      ['-filter_complex', `${videoGraph(clip)};${bar};${moving};${audioGraph(clip)}`],
      ['-map', '[picture]', '-map', '[sound]', '-t', String(clip.seconds), '-flags', '+bitexact'],
      // A key frame every two seconds, and the index in front, so that a seek is exact and needs one request.
      [
        '-c:v',
        'libvpx-vp9',
        '-b:v',
        '0',
        '-crf',
        '40',
        '-g',
        String(frame.rate * 2),
        '-deadline',
        'good',
        '-cpu-used',
        '2',
      ],
      ['-c:a', 'libopus', '-b:a', '24k', '-ac', '1', '-application', 'voip', '-cues_to_front', '1', path],
    ].flat(),
    { stdio: 'inherit' },
  );
}

const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 23);

function captionsOf(clip: Clip): string {
  const cues = clip.lines.map((line, index) => {
    const end = clip.lines[index + 1]?.at ?? clip.seconds;
    return `${index + 1}\n${stamp(line.at)} --> ${stamp(end - 0.5)}\n${line.text}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

let total = 0;
for (const clip of clips) {
  const { media, captions } = clipFiles(clip);
  render(clip, media);
  writeFileSync(captions, captionsOf(clip));
  total += statSync(media).size;
  console.log(`${clip.name}: ${statSync(media).size} bytes`);
}
if (total > 3_000_000) throw new Error(`the clips are ${total} bytes, more than the 3 MB the repository allows`);
