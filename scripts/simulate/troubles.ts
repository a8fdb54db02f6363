import { inspect } from 'node:util';
import type { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';

/** What servers and clients complained about, less what the faults made here must cause. */
export function findTroubles(log: readonly string[], devices: readonly Device[]): Finding[] {
  const broken = devices.filter(({ disk }) => disk.failures > 0);
  const findings: Finding[] = log
    .filter((line) => isFault(line) && !(broken.length > 0 && ofRepairs.test(line)))
    .map((line) => ({ what: 'log', text: line.slice(0, 6000) }));
  for (const device of devices)
    for (const trouble of device.troubles.splice(0))
      if (!isExpected(trouble) && !(broken.includes(device) && ofRepairs.test(String(trouble))))
        findings.push({ what: 'trouble', text: `${device.name}: ${inspect(trouble, { depth: 4 })}` });
  return findings;
}

/** The check puts right what a failed write left; where no write failed there is nothing to put right. */
const ofRepairs = /a replica differed|the check put \d+ rows right/;

/** What a killed Postgres or a cut connection causes. */
const ofConnections =
  /57P|08|ECONN|EPIPE|terminat|connect|shutting down|starting up|recovery|aborted|premature|socket hang up|failed to reset locked/i;

function isFault(line: string): boolean {
  if (line.includes('ended by itself')) return true;
  if (!line.startsWith('{')) return /Error/.test(line) && !ofConnections.test(line);
  const { level, err, msg } = JSON.parse(line) as {
    level: number;
    err?: { message?: string; code?: string };
    msg?: string;
  };
  // That is what somebody tries on purpose (`said-otherwise.ts`); a computer that does it is found by what it sent.
  if (msg === 'an operation came again with other content') return false;
  return level >= 40 && !ofConnections.test(`${err?.code ?? ''} ${err?.message ?? ''} ${msg ?? ''}`);
}

/** What the disk of a computer without power, or without room, answers to the program on it. */
const ofDisks = /computer is off|disk is full|Quota|InvalidState|AbortError|TransactionInactive|DatabaseClosed/;

function isExpected(trouble: unknown): boolean {
  const causes: unknown[] = [];
  for (let one = trouble; one && causes.length < 5; one = (one as Error).cause) causes.push(one);
  return /not started|closed/i.test(String(trouble)) || causes.some((one) => ofDisks.test(String(one)));
}
