import { UnshownError } from '../../../renderer/data/unshown.ts';
import { NotWritableError } from '../../../renderer/data/writing.ts';
import type { Dice } from '../../../sync-server/testing/oracle/world.ts';
import type { Device } from '../device.ts';
import type { Ledger } from '../ledger.ts';
import { mark } from '../tokens.ts';
import { deskEdits, dropReply, read, rewriteTicket, saveReply } from './desk.ts';
import { changeNote, learningEdits } from './learning.ts';
import { peopleEdits } from './people.ts';
import { planEdits } from './plans.ts';
import { protectionEdits } from './protection.ts';
import type { Edit, Scene } from './scene.ts';
import { review, withdraw, workEdits } from './work.ts';

/** Every kind of write that devices make. */
export const edits: readonly Edit[] = [
  ...learningEdits,
  ...workEdits,
  ...deskEdits,
  ...peopleEdits,
  ...planEdits,
  ...protectionEdits,
];

/** Makes one random edit, of a kind that this person may make. */
export const edit = (device: Device, dice: Dice, ledger: Ledger): Promise<void> =>
  device.here(async () => {
    const { role } = device.person;
    const kinds = edits
      .filter(({ roles }) => !roles || roles.includes(role))
      .flatMap((one) => Array.from({ length: one.weight ?? 1 }, () => one));
    for (let tries = 0; tries < 5; tries++)
      if (await attempt(dice.pick(kinds), { device, replica: device.replica!, dice, ledger })) return;
  });

/** Leaves a text half written, on this computer alone. */
export const leaveDraft = (device: Device, dice: Dice, ledger: Ledger): Promise<void> =>
  device.here(async () => {
    const key = `answer/${dice.int(3)}`;
    const place = { table: 'drafts', id: `${device.name} ${key}`, column: 'value', device: device.name };
    // Which of the two a computer holds that loses its power meanwhile, nobody was promised.
    ledger.drop(place.table, place.id, '');
    const text = mark('note', device.person.id);
    try {
      await device.replica!.saveDraft(key, text);
    } catch (error) {
      if (device.disk.mode === 'good') throw error;
      return;
    }
    ledger.note({ ...place, mark: text, care: 'newest' });
  });

/** Changes the person's own row, which all of their computers show. */
export const editProfile = (device: Device, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one = dice.pick(edits.filter(({ table }) => table === 'users'));
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Writes a note anew, if this computer has it. */
export const rewriteNote = (device: Device, id: string, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit = { table: 'lesson_notes', verb: 'update', make: (scene) => changeNote(scene, id) };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Writes the text of a ticket anew, if this computer has it. */
export const askAnew = (device: Device, id: string, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit = { table: 'support_tickets', verb: 'update', make: (scene) => rewriteTicket(scene, id) };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Decides on an attempt that waits, or takes it back where it is this person's own, if this computer has it. */
export const settleWork = (device: Device, id: string, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit =
      device.person.role === 'student'
        ? { table: 'submissions', verb: 'update', make: (scene) => withdraw(scene, id) }
        : { table: 'submission_reviews', verb: 'insert', make: (scene) => review(scene, id) };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Reads a conversation to its end, if this computer has it. */
export const readThread = (device: Device, id: string, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit = { table: 'thread_members', verb: 'update', make: (scene) => read(scene, id) };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Keeps an answer for later; false for who keeps none. */
export const keepReply = (device: Device, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit = { table: 'saved_replies', verb: 'insert', make: saveReply };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Deletes a saved reply, if this computer has it. */
export const dropKept = (device: Device, id: string, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one: Edit = { table: 'saved_replies', verb: 'delete', make: (scene) => dropReply(scene, id) };
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

/** Adds a row, so that no text of before is touched. */
export const addSomething = (device: Device, dice: Dice, ledger: Ledger): Promise<boolean> =>
  device.here(() => {
    const one = dice.pick(edits.filter(({ table, verb }) => verb === 'insert' && additions.has(table)));
    return attempt(one, { device, replica: device.replica!, dice, ledger });
  });

const additions = new Set(['lesson_notes', 'user_activity_logs', 'error_logs']);

async function attempt(one: Edit, scene: Scene): Promise<boolean> {
  try {
    const done = await one.make(scene);
    if (done) scene.ledger.count(`${one.table} ${one.verb}`);
    return done;
  } catch (error) {
    // The row may go while it is being written to, and a disk may refuse: a screen says so, and nobody was promised anything.
    if (error instanceof NotWritableError || error instanceof UnshownError || scene.device.disk.mode !== 'good')
      return false;
    throw error;
  }
}
