import { OPEN_COLLECTIONS } from 'rxdb';
import { createClock } from '../../renderer/platform/clock.ts';
import { memoryVault } from '../../renderer/platform/session-record.ts';
import { createSession, type Connection, type Session } from '../../renderer/platform/session.ts';
import { changeMark, DeviceDatabase, readMark } from '../../renderer/data/device-database.ts';
import { openReplica } from '../../renderer/data/open-replica.ts';
import { sleep } from '../../renderer/data/sleep.ts';
import type { Replica } from '../../renderer/data/types.ts';
import type { Dice } from '../../sync-server/testing/oracle/world.ts';
import type { Person } from '../../sync-server/testing/people.ts';
import { password } from './cluster.ts';
import { forgetDatabase } from './databases.ts';
import { Disk } from './disk.ts';
import { Line, serverAddress } from './line.ts';

/** A computer of one person: its disk, clock, network and the real client on it. */
export class Device {
  readonly name: string;
  readonly person: Person;
  line: Line;
  readonly disk = new Disk();
  /** Lines of earlier lives of this computer; what they received is judged too. */
  readonly lines: Line[] = [];
  /** What the client said went wrong. */
  readonly troubles: unknown[] = [];
  replica: Replica | null = null;
  session: Session | null = null;
  private clockMs = 0;
  private readonly files = new Map<string, string>();
  private readonly vault = memoryVault();
  private readonly newLine: () => Line;

  constructor(name: string, person: Person, dice: Dice, servers: () => readonly string[]) {
    this.name = name;
    this.person = person;
    this.newLine = () => new Line(dice, servers);
    this.line = this.plugIn();
  }

  private plugIn(): Line {
    const line = this.newLine();
    this.lines.push(line);
    return line;
  }

  /** Switches the computer on: the session is restored, or its person signs in, and the replica opens. */
  async start(): Promise<void> {
    const storage = {
      getItem: (key: string) => this.files.get(key) ?? null,
      setItem: (key: string, value: string) => void this.files.set(key, value),
      removeItem: (key: string) => void this.files.delete(key),
    };
    const session = createSession({
      vault: this.vault,
      storage: storage as unknown as Storage,
      desktop: null,
      clock: createClock(storage, { wall: () => Date.now() + this.clockMs, monotonic: () => performance.now() }),
      fetch: (input, init) => this.line.fetch(input, init),
      serverUrl: async () => serverAddress,
    });
    this.session = session;
    await session.restore();
    if (!['signed-in', 'expired', 'ended'].includes(session.getState().state)) await this.signIn();
    // One page's limit of open collections is not another computer's.
    OPEN_COLLECTIONS.clear();
    this.replica = await openReplica((await session.connection())!, {
      indexedDB: this.disk.options,
      installation: this.name,
      // Waits of seconds become milliseconds; their order stays.
      sleep: (ms, signal) => sleep(ms / 50, signal),
      silenceMs: 60_000,
      onTrouble: (error) => this.troubles.push(error),
    });
  }

  async signIn(): Promise<void> {
    const answer = await this.session!.getState().signIn(this.person.email, password);
    if (!answer.ok) throw new Error(`${this.name} cannot sign in: ${answer.code}`);
  }

  connection(): Promise<Connection | null> {
    return this.session!.connection();
  }

  /** Closes the app as a person does, and starts it again with another clock. */
  async restart(clockMs: number): Promise<void> {
    await this.replica?.close();
    this.clockMs = clockMs;
    await this.start();
  }

  /**
   * Starts it again as an app that knows more tables than the one before: what the older one passed over must come now, and
   * what it wrote must still go out.
   */
  async upgrade(): Promise<void> {
    await this.replica?.close();
    const device = new DeviceDatabase(`growthos-device-${this.name}-${this.person.id}`, this.disk.options);
    const known = (await readMark(device)).tables?.split(',') ?? [];
    await changeMark(device, { tables: known.filter((table) => table !== 'notifications').join(',') });
    device.close();
    await this.start();
  }

  async shutDown(): Promise<void> {
    this.line.mode = 'off';
    this.line.cut();
    await Promise.race([
      this.replica?.close().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
  }

  /** Rows that this device itself named to the server, so that an answer about them tells nothing. */
  get asked(): Set<string> {
    return new Set(this.lines.flatMap((line) => [...line.named]));
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
    this.clockMs = clockMs;
    await this.start();
  }
}
