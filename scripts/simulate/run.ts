import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../renderer/data/store.ts';
import { createDice } from '../../sync-server/testing/oracle/world.ts';
import { Academy, type Cluster } from './cluster.ts';
import { Device } from './device.ts';
import { addSomething, edit } from './edits.ts';
import { judge, type Finding } from './judge.ts';
import { Ledger } from './ledger.ts';
import { letEverybodyIn, moveScope, writeElsewhere } from './moves.ts';
import { createCast, type Cast } from './people.ts';
import type { Step } from './script.ts';

export type Outcome = {
  findings: Finding[];
  counts: Record<
    'edits' | 'pushes' | 'pulls' | 'kills' | 'cuts' | 'clock_jumps' | 'scope_moves' | 'acked' | 'checked_docs',
    number
  >;
  faults: Record<string, number>;
};

/** Most time that devices get to agree once everything works again. */
const settleMs = 30_000;

/** Lives the rounds of one seed through and judges each. */
export async function run(
  cluster: Cluster,
  clients: number,
  rounds: readonly Step[][],
  plant: string | null,
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const { academy, filled: cast } = await Academy.open(cluster, plant, createCast);
  const world = new World(cluster, academy, cast, clients);
  try {
    await world.open();
    for (const [at, steps] of rounds.entries()) {
      for (const step of steps) {
        trace(JSON.stringify(step));
        await world.take(step);
      }
      trace('everybody online');
      await world.settleAndJudge(`round ${at + 1}`);
      if (world.findings.length > 0) break;
    }
    return world.outcome();
  } finally {
    await world.close();
  }
}

class World {
  readonly findings: Finding[] = [];
  private readonly devices: Device[];
  private readonly ledger = new Ledger();
  private readonly counts = { kills: 0, clock_jumps: 0, scope_moves: 0, acked: 0, checked_docs: 0 };

  private readonly cluster: Cluster;
  private readonly academy: Academy;
  private readonly cast: Cast;

  constructor(cluster: Cluster, academy: Academy, cast: Cast, clients: number) {
    this.cluster = cluster;
    this.academy = academy;
    this.cast = cast;
    this.devices = Array.from({ length: clients }, (_, at) => {
      const person = cast.owners[at % cast.owners.length]!;
      return new Device(`${person.full_name}-${at + 1}`, person, createDice(at + 1), () => academy.addresses());
    });
  }

  async open(): Promise<void> {
    for (const device of this.devices) await device.start();
    await this.everybodyQuiet();
  }

  async take(step: Step): Promise<void> {
    const device = 'device' in step ? this.devices[step.device % this.devices.length]! : null;
    const dice = createDice(step.dice);
    switch (step.do) {
      case 'edit':
        return edit(device!, dice, this.ledger);
      case 'burst':
        for (let at = 0; at < step.count; at++) await edit(device!, dice, this.ledger);
        return;
      case 'elsewhere':
        return writeElsewhere(this.academy.database, this.cast, dice);
      case 'line':
        device!.line.mode = step.mode;
        if (step.mode === 'off') device!.line.cut();
        else device!.replica?.syncNow();
        return;
      case 'cut':
        return device!.line.cut();
      case 'close':
      case 'kill':
      case 'upgrade':
        return this.restart(device!, step);
      case 'kill server':
        this.counts.kills += 1;
        return this.academy.killServer(step.server);
      case 'restart postgres':
        this.counts.kills += 1;
        return this.cluster.crash();
      case 'move':
        this.counts.scope_moves += 1;
        return moveScope(this.academy.database, this.cast, dice);
      case 'wait':
        await pause(step.ms);
    }
  }

  private async restart(device: Device, step: Step & { do: 'close' | 'kill' | 'upgrade' }): Promise<void> {
    if (step.clockMs !== 0) this.counts.clock_jumps += 1;
    if (step.do === 'kill') {
      this.counts.kills += 1;
      // In the middle of a write that nobody was promised, so it may be there afterwards or not.
      void addSomething(device, createDice(step.dice), new Ledger()).catch(() => undefined);
      if (step.dice % 2 === 0) await pause(step.dice % 5);
      return device.crash(step.clockMs);
    }
    if (step.do === 'upgrade') return device.upgrade();
    return device.restart(step.clockMs);
  }

  async settleAndJudge(about: string): Promise<void> {
    await letEverybodyIn(this.academy.database);
    for (const device of this.devices) {
      device.line.mode = 'good';
      if (['expired', 'ended'].includes(device.session!.getState().state)) await device.signIn();
    }
    await this.everybodyQuiet();
    const { findings, checkedDocs, acked } = await judge(
      this.academy.database,
      this.devices,
      this.ledger,
      this.academy.addresses()[0]!,
    );
    this.counts.checked_docs += checkedDocs;
    this.counts.acked = acked;
    this.findings.push(...findings.map(({ what, text }) => ({ what, text: `${about}: ${text}` })));
    for (const line of this.academy.log.splice(0))
      if (isFault(line)) this.findings.push({ what: 'log', text: `${about}: ${line.slice(0, 600)}` });
    for (const device of this.devices)
      for (const trouble of device.troubles.splice(0))
        if (!isExpected(trouble))
          this.findings.push({
            what: 'trouble',
            text: `${about}: ${device.name}: ${String((trouble as Error).stack ?? trouble)}`,
          });
  }

  /** Until every device says it is up to date; whoever does not is judged as it stands. */
  private async everybodyQuiet(): Promise<void> {
    const quiet = async ({ replica }: Device): Promise<void> => {
      replica!.syncNow();
      await until(
        replica!.syncState,
        ({ status, waiting }) => (status === 'uptodate' || status === 'problem') && waiting === 0,
      );
    };
    const limit = new AbortController();
    const everyone = async (): Promise<void> => {
      for (const device of this.devices) await quiet(device);
      // What the last of them sent reaches the others.
      await pause(150);
      for (const device of this.devices) await quiet(device);
    };
    await Promise.race([everyone(), pause(settleMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
  }

  outcome(): Outcome {
    const lines = this.devices.flatMap(({ lines }) => lines);
    const sum = (of: (line: (typeof lines)[number]) => number): number =>
      lines.reduce((all, line) => all + of(line), 0);
    const faults: Record<string, number> = {};
    for (const line of lines)
      for (const [fault, count] of Object.entries(line.counts.faults)) faults[fault] = (faults[fault] ?? 0) + count;
    return {
      findings: this.findings,
      faults,
      counts: {
        edits: this.ledger.edits,
        pushes: sum(({ counts }) => counts.pushes),
        pulls: sum(({ counts }) => counts.pulls),
        cuts: sum(({ counts }) => counts.cuts),
        ...this.counts,
      },
    };
  }

  async close(): Promise<void> {
    for (const device of this.devices) await device.shutDown();
    await this.academy.close();
  }
}

/** Errors that a killed Postgres or a cut connection must cause are no fault of the server. */
function isFault(line: string): boolean {
  if (!line.startsWith('{')) return /Error/.test(line) && !/ECONN|terminat|57P|connect/i.test(line);
  const { level, err, msg } = JSON.parse(line) as {
    level: number;
    err?: { message?: string; code?: string };
    msg?: string;
  };
  const about = `${err?.code ?? ''} ${err?.message ?? ''} ${msg ?? ''}`;
  return (
    level >= 50 && !/57P|08|ECONN|terminat|connect|shutting down|starting up|recovery|aborted|premature/i.test(about)
  );
}

/** What the disk of a computer without power answers to a program that is still dying. */
const isExpected = (trouble: unknown): boolean =>
  /computer is off|InvalidState|AbortError|DatabaseClosed|not started|closed/i.test(String(trouble)) ||
  /computer is off|InvalidState|AbortError|DatabaseClosed/.test(String((trouble as Error).cause));
