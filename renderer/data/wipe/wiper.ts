import type { DexieOptions } from 'dexie';
import type { WipeKey } from '#contract/api/wipe.ts';
import type { DesktopBridge } from '#desktop/index.ts';
import type { Session } from '../../platform/session.ts';
import { NetworkError } from '../../platform/errors.ts';
import { DeviceDatabase } from '../device-database.ts';
import { takeOwnership } from '../single-owner.ts';
import type { Store } from '../types.ts';
import { createAftermath } from './aftermath.ts';
import { askForOrder, type VerifiedOrder, type WipeDoor } from './ask-order.ts';
import { carryOut, type WipeGround } from './carry-out.ts';
import { HeldDatabase } from './held-database.ts';

/** Signs out and wipes where the server orders it, keeping unsent work sealed (decisions, safety 6). */
export type Wiper = {
  /** When this device was signed out by an order and its person has not been told yet. */
  signedOut: Store<Date | null>;
  /** Finishes wipes that were cut short. Asks nobody; to be awaited before anything of a person is shown or opened. */
  finish(): Promise<void>;
  /** Asks for everybody who has data here but no session, and carries out what is ordered. `NetworkError`s stay inside. */
  look(): Promise<void>;
  /** As `look`, for one person, who may be signed in: true when their data was wiped. Throws `NetworkError`. */
  wipeIfOrdered(userId: string, toldNow?: WipeKey | null): Promise<boolean>;
  /** The person has read that the device was signed out. */
  acknowledge(): Promise<void>;
  close(): void;
};

export type WiperParts = WipeDoor & {
  session: Pick<Session, 'getState' | 'closeDown' | 'forget'>;
  desktop: DesktopBridge | null;
  now: () => Date;
  indexedDB?: Pick<DexieOptions, 'indexedDB' | 'IDBKeyRange'>;
  /** Tells several computers in one page apart, in tests. */
  installation?: string;
  onTrouble?: (error: unknown) => void;
  /** The person's sign-in is gone from this device; other pages of this browser may still hold it. */
  onForgotten?: (userId: string) => void;
};

export function createWiper(parts: WiperParts): Wiper {
  const { session, installation, indexedDB = {}, onTrouble = (error: unknown) => console.error(error) } = parts;
  const held = new HeldDatabase(installation, indexedDB);
  const aftermath = createAftermath(held, parts);
  const ownerOf = (userId: string): string => (installation ? `${installation}-${userId}` : userId);
  const ground: WipeGround = {
    held,
    desktop: parts.desktop,
    indexedDB,
    namesOf: (userId) => ({
      replica: `growthos-${ownerOf(userId)}`,
      device: `growthos-device-${ownerOf(userId)}`,
    }),
    async forgetSession(userId) {
      await session.forget(userId);
      parts.onForgotten?.(userId);
    },
  };
  /** One at a time: a second look must find what the first one left. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  /** Whose data lies here: the databases themselves say it, whatever became of the sign-in. */
  async function residents(): Promise<string[]> {
    const prefix = `growthos-device-${ownerOf('')}`;
    const factory = (indexedDB.indexedDB ?? globalThis.indexedDB) as IDBFactory;
    const databases = await factory.databases();
    return databases.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  const isSignedIn = (userId: string): boolean => {
    const { state, user } = session.getState();
    return state === 'signed-in' && user?.id === userId;
  };

  async function orderFor(userId: string, toldNow: WipeKey | null): Promise<VerifiedOrder | null> {
    if (!(await residents()).includes(userId)) return null;
    const device = new DeviceDatabase(ground.namesOf(userId).device, indexedDB);
    try {
      return await askForOrder(parts, device, userId, toldNow);
    } finally {
      device.close();
    }
  }

  async function wipe({ text, order }: VerifiedOrder): Promise<void> {
    const keeps_session = isSignedIn(order.user_id);
    await held.wipes.put({
      user_id: order.user_id,
      order: text,
      held_key: order.held_key,
      step: 'seal',
      keeps_session,
      reported: false,
      seen: keeps_session || session.getState().user?.id !== order.user_id,
      at: parts.now().toISOString(),
    });
    await session.closeDown(order.user_id);
    // Another page of this person gives its replica up first.
    const ownership = await takeOwnership(`growthos-${ownerOf(order.user_id)}`);
    try {
      await carryOut(ground, order.user_id);
    } finally {
      ownership.release();
    }
    await aftermath.settle();
  }

  async function finishNow(): Promise<void> {
    if (!(await held.isThere())) return;
    for (const { user_id } of await held.wipes.toArray()) await carryOut(ground, user_id);
    await aftermath.dropOldWork(parts.now());
    await aftermath.tell();
  }

  const quietly = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      // Nobody answered, or somebody else did: no order, so nothing is wiped, and the next look asks again.
      if (!(error instanceof NetworkError)) onTrouble(error);
    }
  };

  async function wipeIfOrdered(userId: string, toldNow: WipeKey | null): Promise<boolean> {
    const order = await orderFor(userId, toldNow);
    if (!order) return false;
    await quietly(() => wipe(order));
    return (await held.wipes.get(userId))?.step !== 'seal';
  }

  return {
    signedOut: aftermath.signedOut,
    finish: () => inTurn(finishNow),
    look: () =>
      inTurn(async () => {
        await quietly(async () => {
          await finishNow();
          await aftermath.settle();
        });
        for (const userId of await residents())
          if (!isSignedIn(userId)) await quietly(() => wipeIfOrdered(userId, null));
      }),
    wipeIfOrdered: (userId, toldNow = null) => inTurn(() => wipeIfOrdered(userId, toldNow)),
    acknowledge: () =>
      inTurn(async () => {
        await aftermath.noteRead();
        await quietly(aftermath.settle);
      }),
    close: () => held.close(),
  };
}
