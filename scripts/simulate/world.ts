import { Audience } from './audience.ts';
import type { Academy, Cluster } from './cluster.ts';
import { Device } from './device.ts';
import type { Finding } from './judge/finding.ts';
import type { Places } from './judge/places.ts';
import { Watched } from './judge/watched.ts';
import { Ledger } from './ledger.ts';
import type { Cast } from './people.ts';
import { findTroubles } from './troubles.ts';

/** What the steps of one seed happen to, and what is remembered of it until it is judged. */
export type World = {
  readonly cluster: Cluster;
  readonly academy: Academy;
  readonly cast: Cast;
  readonly devices: readonly Device[];
  readonly ledger: Ledger;
  readonly audience: Audience;
  readonly watched: Watched;
  /** Where every mark was ever seen on the server. */
  readonly places: Places;
  readonly counts: Record<'kills' | 'clock_jumps' | 'scope_moves' | 'acked' | 'checked_docs', number>;
  readonly findings: Finding[];
};

export function createWorld(cluster: Cluster, academy: Academy, cast: Cast, seed: number, clients: number): World {
  const devices = Array.from({ length: clients }, (_, at) => {
    const person = cast.owners[at % cast.owners.length]!;
    return new Device(`${person.full_name}-${at + 1}`, person, seed * 64 + at, () => academy.addresses());
  });
  return {
    cluster,
    academy,
    cast,
    devices,
    ledger: new Ledger(),
    audience: new Audience(),
    watched: new Watched(),
    places: new Map(),
    counts: { kills: 0, clock_jumps: 0, scope_moves: 0, acked: 0, checked_docs: 0 },
    findings: [],
  };
}

/** Notes what each person may see now, and what is watched on the server. */
export async function look({ academy, audience, devices, watched }: World): Promise<void> {
  await watched.look(academy.database);
  await audience.look(
    academy,
    devices.map(({ person }) => person),
  );
}

/** What servers and clients complained about since this was last asked. */
export function tellTroubles({ academy, devices, findings }: World, about: string): void {
  for (const { what, text } of findTroubles(academy.log.splice(0), devices))
    findings.push({ what, text: `${about}: ${text}` });
}

export async function closeWorld({ academy, devices }: World): Promise<void> {
  for (const device of devices) await device.shutDown();
  await academy.close();
}
