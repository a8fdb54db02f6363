import { OPEN_COLLECTIONS } from 'rxdb';
import { createClock } from '../../renderer/platform/clock.ts';
import { memoryVault } from '../../renderer/platform/session-record.ts';
import { createSession, type Connection, type Session } from '../../renderer/platform/session.ts';
import { openReplica } from '../../renderer/data/open-replica.ts';
import { sleep } from '../../renderer/data/sleep.ts';
import { tusSender, type SendBytes } from '../../renderer/data/uploads/tus.ts';
import type { Replica } from '../../renderer/data/types.ts';
import { createDice } from '../../sync-server/testing/oracle/world.ts';
import type { Person } from '../../sync-server/testing/people.ts';
import { password } from './cluster.ts';
import { onComputer, type Computer } from './computer.ts';
import { forgetDatabase } from './databases.ts';
import { Disk } from './disk.ts';
import { Line, serverAddress } from './line.ts';
import { uploadLine } from './upload-stack.ts';
import { forgetATable } from './releases.ts';
import { findNotShown, readWaiting } from './shown-at-start.ts';

/** A computer of one person: its disk, clock, network and the real client on it. */
export class Device {
  readonly name: string;
  readonly person: Person;
  readonly disk: Disk;
  line: Line;
  /** Lines of earlier lives of this computer; what they received is judged too. */
  readonly lines: Line[] = [];
  /** What the client said went wrong. */
  readonly troubles: unknown[] = [];
  replica: Replica | null = null;
  session: Session | null = null;
  private readonly computer: Computer = { offMs: 0, release: 0 };
  private readonly files = new Map<string, string>();
  private readonly vault = memoryVault();
  private readonly newLine: () => Line;
  /** Queues here are short, and yet are to have several requests on their way; many in one are judged in another way than a few. */
  private readonly mostPerPush: number;

  constructor(name: string, person: Person, seed: number, servers: () => readonly string[]) {
    this.name = name;
    this.person = person;
    const dice = createDice(seed);
    this.disk = new Disk(createDice(seed + 1));
    this.mostPerPush = createDice(seed + 2).pick([3, 3, 8, 500]);
    this.newLine = () => new Line(dice, servers);
    this.line = this.plugIn();
  }

  private plugIn(): Line {
    const line = this.newLine();
    this.lines.push(line);
    return line;
  }

  /** Something that happens on this computer, by its clock. */
  here<T>(work: () => T): T {
    return onComputer(this.computer, work);
  }

  /** Switches the computer on: the session is restored, or its person signs in, and the replica opens. */
  start(): Promise<void> {
    return this.here(() => this.startHere());
  }

  private async startHere(): Promise<void> {
    const storage = {
      getItem: (key: string) => this.files.get(key) ?? null,
      setItem: (key: string, value: string) => void this.files.set(key, value),
      removeItem: (key: string) => void this.files.delete(key),
    };
    const session = createSession({
      vault: this.vault,
      storage: storage as unknown as Storage,
      desktop: null,
      clock: createClock(storage, { wall: () => Date.now(), monotonic: () => performance.now() }),
      fetch: (input, init) => this.line.fetch(input, init),
      serverUrl: async () => serverAddress,
    });
    this.session = session;
    await session.restore();
    if (!['signed-in', 'expired', 'ended'].includes(session.getState().state)) await this.signIn();
    const connection = (await session.connection())!;
    const waiting = await readWaiting(this.disk, `${this.name}-${this.person.id}`);
    const { mode } = this.line;
    if (waiting.size > 0) this.line.mode = 'off';
    // One page's limit of open collections is not another computer's.
    OPEN_COLLECTIONS.clear();
    this.replica = await openReplica(connection, {
      indexedDB: this.disk.options,
      installation: this.name,
      sendBytes: this.sender(connection),
      // Waits of seconds become milliseconds; their order stays.
      sleep: (ms, signal) => sleep(Math.max(ms / 50, 2), signal),
      silenceMs: 60_000,
      mostPerPush: this.mostPerPush,
      onTrouble: (error) => this.troubles.push(error),
    });
    if (waiting.size === 0) return;
    const missing = this.disk.mode === 'good' ? await findNotShown(this.replica, waiting) : [];
    for (const one of missing) this.troubles.push(new Error(`after a start ${one}`));
    this.line.mode = mode;
    this.replica.syncNow();
  }

  /** Files go by this computer's line. */
  private sender(connection: Connection): SendBytes {
    const { line } = this;
    const send = tusSender(connection, (bytes) => Buffer.from(bytes) as unknown as Blob);
    return (...given) => uploadLine.run(line.fetch, () => send(...given));
  }

  async signIn(): Promise<void> {
    const answer = await this.here(() => this.session!.getState().signIn(this.person.email, password));
    if (!answer.ok) throw new Error(`${this.name} cannot sign in: ${answer.code}`);
  }

  connection(): Promise<Connection | null> {
    return this.session!.connection();
  }

  /** Somebody sets the clock while everything runs. */
  setClock(offMs: number): void {
    this.computer.offMs = offMs;
  }

  /** Closes the app as a person does, and starts it again with another clock. */
  async restart(clockMs: number): Promise<void> {
    await this.replica?.close();
    this.computer.offMs = clockMs;
    await this.start();
  }

  /** Starts it again as the next release of the app: what the older one passed over must come, what it wrote must go out. */
  async upgrade(): Promise<void> {
    await this.replica?.close();
    await this.here(() => forgetATable(`${this.name}-${this.person.id}`, this.disk));
    this.computer.release += 1;
    await this.start();
  }

  async shutDown(): Promise<void> {
    this.line.mode = 'off';
    this.line.cut();
    await Promise.race([
      this.replica?.close().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
    this.disk.forget();
  }

  /** Takes the computer's power away in the middle of whatever it does, and starts it again. */
  async crash(clockMs: number): Promise<void> {
    const dead = this.replica;
    const mode = this.line.mode;
    this.disk.kill();
    this.line.mode = 'dead';
    this.line.cut();
    this.line = this.plugIn();
    this.line.mode = mode;
    forgetDatabase(`growthos-${this.name}-`);
    // Nothing reaches the disk any more; this only takes the dead program's timers away.
    await Promise.race([dead?.close().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1000))]);
    this.computer.offMs = clockMs;
    await this.start();
  }
}
