import { useEffect, useMemo, useState } from 'react';
import { parseCaptions, type Cue } from './captions.ts';

/** A caption track: its text, or the address it is fetched from when it is first wanted. */
export type CaptionSource = { language: string; label: string; vtt?: string; url?: string };

const none: readonly Cue[] = [];

/** The cues of the wanted language; empty while there are none. The player plays without them when they cannot be had. */
export function useCaptions(tracks: readonly CaptionSource[], language: string | null): readonly Cue[] {
  const track = tracks.find((one) => one.language === language);
  const [fetched, setFetched] = useState<{ url: string; cues: readonly Cue[] } | null>(null);
  const text = track?.vtt;
  const url = text === undefined ? track?.url : undefined;
  const written = useMemo(() => (text === undefined ? none : parseCaptions(text)), [text]);
  useEffect(() => {
    if (!url) return;
    let current = true;
    fetchText(url).then(
      (vtt) => current && setFetched({ url, cues: parseCaptions(vtt) }),
      () => current && setFetched({ url, cues: none }),
    );
    return () => {
      current = false;
    };
  }, [url]);
  if (!track) return none;
  // While a renewed address is fetched the words of the old one stay.
  return url ? (fetched?.cues ?? none) : written;
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`captions answered ${response.status}`);
  return response.text();
}
