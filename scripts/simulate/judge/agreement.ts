import { isDeepStrictEqual } from 'node:util';
import type { Frame, WireDoc } from '#contract/protocol.ts';
import { docKey, tableNames } from '#contract/tables/index.ts';
import { asking } from '../asking.ts';
import type { Device } from '../device.ts';
import { marksIn } from '../tokens.ts';
import { findUnruly } from './rules.ts';
import { findOpenWalls } from './second-wall.ts';
import type { Evidence, Finding } from './finding.ts';

/** Devices, the server's answer to a new device, and the business rules in plain SQL must say the same of every row. */
export async function findDifferences({
  academy,
  address,
  database,
  devices,
}: Evidence): Promise<{ findings: Finding[]; checkedDocs: number }> {
  const isFirst = (device: Device): boolean => devices.find(({ person }) => person.id === device.person.id) === device;
  const judged = await Promise.all(
    devices.map(async (device) => {
      const expected = await askServer(device, address);
      const differing = [...compare(device, expected, await heldBy(device)), ...(await findRemains(device, expected))];
      if (!isFirst(device)) return { findings: differing, docs: expected.size };
      const unruly = await findUnruly(academy, device.person, [...expected.values()]);
      const walls = await findOpenWalls({ database }, device.person, new Set(expected.keys()));
      return { findings: [...differing, ...unruly, ...walls], docs: expected.size };
    }),
  );
  return {
    findings: judged.flatMap(({ findings }) => findings),
    checkedDocs: judged.reduce((sum, { docs }) => sum + docs, 0),
  };
}

/** Everything the person may see, asked for as a new device would. */
async function askServer(device: Device, address: string): Promise<Map<string, WireDoc>> {
  const ask = await asking(device, address);
  const response = await ask('/sync/v1/pull', { checkpoint: null });
  const text = await response.text();
  if (!response.ok) throw new Error(`${device.name}: ${text}`);
  const frames = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Frame);
  const docs = frames.flatMap((frame) => (frame.t === 'docs' ? frame.d : []));
  return new Map(docs.map((doc) => [docKey(doc.type, doc.id), doc]));
}

async function heldBy(device: Device): Promise<Map<string, Record<string, unknown>>> {
  const held = new Map<string, Record<string, unknown>>();
  for (const table of tableNames) for (const { key, ...row } of await device.replica!.find(table)) held.set(key, row);
  return held;
}

/** Rows that move with every contact of a device, by the server's clock. */
const restless = new Set(['last_sync_at', 'lease_until', 'last_active_at']);
const settledColumns = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !restless.has(column) && column !== 'v'));

function compare(
  device: Device,
  expected: Map<string, WireDoc>,
  held: Map<string, Record<string, unknown>>,
): Finding[] {
  const findings: Finding[] = [];
  const differs = (text: string) => findings.push({ what: 'divergent', text: `${device.name}: ${text}` });
  for (const [key, doc] of expected) {
    const row = held.get(key);
    if (!row) differs(`${key} is missing`);
    else if (!isDeepStrictEqual(settledColumns(row), settledColumns(doc)))
      differs(`${key} differs: ${JSON.stringify(row)} instead of ${JSON.stringify(doc)}`);
    else if (doc.type !== 'devices' && doc.type !== 'users' && row['v'] !== doc.v)
      differs(`${key} has token ${String(row['v'])}, not ${doc.v}`);
  }
  for (const key of held.keys()) if (!expected.has(key)) differs(`${key} should be gone`);
  return findings;
}

/** What lies on the disk of a device that is up to date: no text of rows that left, and nothing under writes that were answered. */
async function findRemains(device: Device, expected: ReadonlyMap<string, WireDoc>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const shown = new Set(marksIn(JSON.stringify([...expected.values()])).map(({ text }) => text));
  const waiting = device.replica!.syncState.get().waiting > 0;
  for (const [place, text] of await device.disk.read()) {
    if (place.startsWith('rxdb-'))
      for (const mark of marksIn(text))
        if (!shown.has(mark.text))
          findings.push({ what: 'leaked', text: `${device.name} still holds ${mark.text} in ${place}` });
    if (place.endsWith('/masters') && text !== '[]' && !waiting)
      findings.push({ what: 'divergent', text: `${device.name} keeps rows under no writes: ${text.slice(0, 400)}` });
  }
  return findings;
}
