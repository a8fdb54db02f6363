import type { AdmissionOptions } from '../http/admission.ts';

/** A device waits 30 s for the head of an answer; whoever would wait longer than this is asked to come again instead. */
const patienceMs = 10_000;

/**
 * Catch-ups and checks hold one connection for people each, and so do pushes. Together they leave some for the deltas of open
 * streams and for everything else that people ask.
 */
export function syncLimits(poolSize: number): Record<'read' | 'write', AdmissionOptions> {
  const share = (part: number): number => Math.max(1, Math.floor(poolSize * part));
  return {
    read: {
      name: 'read',
      running: share(0.5),
      // Of a thousand devices that come back at once all stand in line.
      waiting: 2000,
      perPerson: { running: 4, waiting: 16 },
      patienceMs,
    },
    write: {
      name: 'write',
      running: share(0.3),
      waiting: 2000,
      // They would only wait for each other in the database, with a connection in hand.
      perPerson: { running: 1, waiting: 16 },
      patienceMs,
    },
  };
}
