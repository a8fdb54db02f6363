import { setTimeout as pause } from 'node:timers/promises';
import type { Role } from '#contract/roles.ts';
import { until } from '../../renderer/data/store.ts';
import { createDice } from '../../sync-server/testing/oracle/world.ts';
import { answerProblems } from './answers.ts';
import { Audience } from './audience.ts';
import { Academy, type Cluster } from './cluster.ts';
import { Device } from './device.ts';
import { duel } from './duel.ts';
import { addSomething, edit, leaveDraft } from './edits/index.ts';
import { eraseSomebody } from './erasing.ts';
import type { Finding } from './judge/finding.ts';
import { judge, type Judgement } from './judge/index.ts';
import { notePlaces, type Places } from './judge/places.ts';
import { Watched } from './judge/watched.ts';
import { Ledger } from './ledger.ts';
import { letEverybodyIn, moveScope, writeElsewhere } from './moves.ts';
import { countsOf, type Counts } from './outcome.ts';
import { academies, castOf, createAcademy, type Cast } from './people.ts';
import type { Step } from './script.ts';
import { trespass } from './trespass.ts';
import { findTroubles } from './troubles.ts';

export type Outcome = {
  findings: Finding[];
  counts: Counts;
  faults: Record<string, number>;
  /** How often each kind of edit was made. */
  kinds: Record<string, number>;
  /** Rounds that were begun before something was found. */
  rounds: number;
};

/** What is lived through: the seed makes the academy and says who has a computer. */
export type Scenario = { seed: number; clients: number; roles: readonly Role[]; plant: string | null };

/** Most time that devices get to agree once everything works again. */
const settleMs = 30_000;

/** Lives the rounds of one seed through and judges each. */
export async function run(
  cluster: Cluster,
  { seed, clients, roles, plant }: Scenario,
  rounds: readonly Step[][],
  trace: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const number = seed % academies;
  const { template, filled } = await cluster.academy(number, (database) => createAcademy(database, number));
  const academy = await Academy.open(cluster, template, plant);
  const world = new World(cluster, academy, castOf(filled, seed, roles), { seed, clients, roles, plant });
  let begun = 0;
  try {
    await inTime(world, 'the beginning', () => world.open());
    for (const [at, steps] of rounds.entries()) {
      if (world.findings.length > 0) break;
      begun += 1;
      for (const step of steps) {
        trace(JSON.stringify(step));
        await inTime(world, JSON.stringify(step), () => world.take(step));
        if (world.findings.length > 0) break;
      }
      if (world.findings.length > 0) break;
      trace('everybody online');
      await inTime(world, 'the end of a round', () => world.settleAndJudge(`round ${at + 1}`));
      if (world.findings.length > 0) break;
      await inTime(world, 'answering problems', () => world.answer(seed + at));
    }
    return { ...world.outcome(), rounds: begun };
  } finally {
    await world.close();
  }
}

/** Longer than anything takes: what has not ended by then, hangs. */
const hangsMs = 120_000;

async function inTime(world: World, what: string, work: () => Promise<void>): Promise<void> {
  const limit = new AbortController();
  const late = pause(hangsMs, true, { signal: limit.signal }).catch(() => false);
  const worked = work().then(
    () => false,
    (error: unknown) => {
      world.findings.push({ what: 'trouble', text: `${what}: ${String((error as Error).stack)}` });
      world.tellTroubles(what);
      return false;
    },
  );
  const hangs = await Promise.race([worked, late]);
  limit.abort();
  if (hangs) world.findings.push({ what: 'stuck', text: `${what} does not end` });
}

class World {
  readonly findings: Finding[] = [];
  private readonly devices: Device[];
  private readonly ledger = new Ledger();
  private readonly audience = new Audience();
  private readonly watched = new Watched();
  private readonly counts = { kills: 0, clock_jumps: 0, scope_moves: 0, acked: 0, checked_docs: 0 };
  private readonly cluster: Cluster;
  private readonly academy: Academy;
  private readonly cast: Cast;
  /** Where every mark was ever seen on the server. */
  private readonly places: Places = new Map();

  constructor(cluster: Cluster, academy: Academy, cast: Cast, { seed, clients }: Scenario) {
    this.cluster = cluster;
    this.academy = academy;
    this.cast = cast;
    this.devices = Array.from({ length: clients }, (_, at) => {
      const person = cast.owners[at % cast.owners.length]!;
      return new Device(`${person.full_name}-${at + 1}`, person, seed * 64 + at, () => academy.addresses());
    });
  }

  async open(): Promise<void> {
    for (const device of this.devices) await device.start();
    await this.everybodyQuiet();
    await this.look();
    await notePlaces(this.academy.database, this.places);
  }

  async take(step: Step): Promise<void> {
    const device = 'device' in step ? this.devices[step.device % this.devices.length]! : null;
    const dice = createDice(step.dice);
    switch (step.do) {
      case 'edit':
        if (step.dice % 8 === 0) await leaveDraft(device!, createDice(step.dice + 1), this.ledger);
        return edit(device!, dice, this.ledger);
      case 'burst':
        for (let at = 0; at < step.count; at++) await edit(device!, dice, this.ledger);
        return;
      case 'duel': {
        const theirs = this.devices.filter(({ person }) => person.id === device!.person.id);
        return duel(this.academy.database, theirs, dice, this.ledger);
      }
      case 'elsewhere':
        return writeElsewhere(this.academy.database, this.cast, step.dice);
      case 'line':
        device!.line.mode = step.mode;
        if (step.mode === 'off') device!.line.cut();
        else device!.replica?.syncNow();
        return;
      case 'cut':
        return device!.line.cut();
      case 'disk':
        device!.disk.mode = step.mode;
        return;
      case 'clock':
        this.counts.clock_jumps += 1;
        return device!.setClock(step.clockMs);
      case 'close':
      case 'kill':
      case 'upgrade':
        return this.restart(device!, step);
      case 'kill server':
      case 'stop server':
        this.counts.kills += 1;
        return this.academy.restartServer(step.server, step.do === 'kill server' ? 'kill' : 'stop');
      case 'restart postgres':
        this.counts.kills += 1;
        // A server that finds no database as it starts is for its operator to start again.
        await this.academy.complete();
        return this.cluster.crash(step.dice % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
      case 'move':
        return this.move(step.dice);
      case 'wait':
        await pause(step.ms);
    }
  }

  private async look(): Promise<void> {
    await this.watched.look(this.academy.database);
    await this.audience.look(
      this.academy,
      this.devices.map(({ person }) => person),
    );
  }

  private async move(dice: number): Promise<void> {
    this.counts.scope_moves += 1;
    const { database } = this.academy;
    const people = this.devices.map(({ person }) => person);
    await this.watched.look(database);
    const { academy, audience, cast, ledger, places } = this;
    const isErasing = createDice(dice).chance(0.05);
    const around = (step: () => Promise<void>) => audience.around(academy, people, step);
    const move = () =>
      isErasing ? eraseSomebody(academy, cast, ledger, places, around) : around(() => moveScope(database, cast, dice));
    await (dice % 2 === 0 ? this.unheard(move) : move());
  }

  /** Nobody is connected meanwhile, so that all of it reaches them at once. */
  private async unheard(work: () => Promise<void>): Promise<void> {
    const lines = this.devices.map(({ line }) => ({ line, mode: line.mode }));
    for (const { line } of lines) {
      line.mode = 'off';
      line.cut();
    }
    await work();
    for (const { line, mode } of lines) line.mode = mode;
    for (const { replica } of this.devices) replica?.syncNow();
  }

  private async restart(device: Device, step: Step & { do: 'close' | 'kill' | 'upgrade' }): Promise<void> {
    // An app starts on a disk that works; it cannot open its databases on another.
    device.disk.mode = 'good';
    if (step.clockMs !== 0) this.counts.clock_jumps += 1;
    // In the middle of a write: whether it is there afterwards, its promise tells.
    void addSomething(device, createDice(step.dice), this.ledger).catch(() => undefined);
    if (step.dice % 2 === 0) await pause(step.dice % 5);
    if (step.do === 'upgrade') return device.upgrade();
    if (step.do === 'close') return device.restart(step.clockMs);
    this.counts.kills += 1;
    return device.crash(step.clockMs);
  }

  async settleAndJudge(about: string): Promise<void> {
    await this.academy.complete();
    await this.look();
    await letEverybodyIn(this.academy.database);
    for (const device of this.devices) {
      device.line.mode = 'good';
      device.disk.mode = 'good';
      if (['expired', 'ended'].includes(device.session!.getState().state)) await device.signIn();
    }
    // What a device has just written is seen by its person from then on.
    await this.everybodyQuiet();
    await this.look();
    const { academy, audience, ledger } = this;
    const [address] = academy.addresses();
    const grounds = { database: academy.database, audience, address: address!, files: ledger.files };
    for (const { what, text } of await trespass(this.devices, grounds))
      this.findings.push({ what, text: `${about}: ${text}` });
    let { findings, checkedDocs, acked } = await this.judgeWhenQuiet();
    // A job of the server may have come between, and a busy machine takes its time; what is wrong stays wrong.
    const isStuck = findings.some(({ what }) => what === 'stuck');
    for (let again = 1; findings.length > 0 && again <= (isStuck ? 1 : 3); again++) {
      await pause(again * 500);
      ({ findings, checkedDocs, acked } = await this.judgeWhenQuiet());
    }
    this.counts.checked_docs += checkedDocs;
    this.counts.acked = acked;
    for (const { what, text } of findings) this.findings.push({ what, text: `${about}: ${text}` });
    this.tellTroubles(about);
  }

  /** Everybody deals with some of their problems, before the next round. */
  async answer(dice: number): Promise<void> {
    for (const [at, device] of this.devices.entries())
      await answerProblems(device, createDice(dice * 8 + at), this.ledger);
  }

  /** What servers and clients complained about since this was last asked. */
  tellTroubles(about: string): void {
    for (const { what, text } of findTroubles(this.academy.log.splice(0), this.devices))
      this.findings.push({ what, text: `${about}: ${text}` });
  }

  private async judgeWhenQuiet(): Promise<Judgement> {
    await this.everybodyQuiet();
    const { academy, devices, ledger, audience, places, watched } = this;
    return judge({
      academy,
      database: academy.database,
      devices,
      ledger,
      audience,
      places,
      watched,
      address: academy.addresses()[0]!,
      filesDir: academy.filesDir,
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
      await Promise.all(this.devices.map(quiet));
      // What the last of them sent reaches the others.
      await pause(300);
      await Promise.all(this.devices.map(quiet));
    };
    await Promise.race([everyone(), pause(settleMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
  }

  outcome(): Omit<Outcome, 'rounds'> {
    return {
      findings: this.findings,
      ...countsOf(this.devices, this.counts, this.ledger),
    };
  }

  async close(): Promise<void> {
    for (const device of this.devices) await device.shutDown();
    await this.academy.close();
  }
}
