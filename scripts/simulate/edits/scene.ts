import { createHash } from 'node:crypto';
import type { TableName } from '#contract/tables/index.ts';
import type { Role } from '#contract/roles.ts';
import type { DocOf, Replica } from '../../../renderer/data/types.ts';
import type { Dice } from '../../../sync-server/testing/oracle/world.ts';
import type { Device } from '../device.ts';
import type { Ledger, Written } from '../ledger.ts';
import { mark, type Kind } from '../tokens.ts';

export type Scene = { device: Device; replica: Replica; dice: Dice; ledger: Ledger };

/** One kind of write that a person makes on a device. */
export type Edit = {
  table: TableName;
  verb: 'insert' | 'update' | 'delete';
  /** Who makes it; everybody where nothing is said. */
  roles?: readonly Role[];
  /** How much more often than others. */
  weight?: number;
  /** False where there was nothing to write to. */
  make: (scene: Scene) => Promise<boolean>;
};

export const team = ['mentor', 'enrollment_manager', 'admin', 'superadmin'] as const satisfies readonly Role[];
export const me = ({ device }: Scene): string => device.person.id;
/** A text of this kind that nobody ever wrote before. */
export const word = (scene: Scene, kind: Kind): string => mark(kind, me(scene));

type Text = Pick<Written, 'table' | 'id' | 'column' | 'care'> & { text: string; over?: string | null };

/** Enters a text that was written, so that it is looked for. */
export function note({ device, ledger }: Scene, { table, id, column, care, text, over }: Text): true {
  ledger.note({ mark: text, table, id, column, device: device.name, care }, over ?? '');
  return true;
}

/** One of the rows on this device, by the dice alone. */
export async function anyOf<T extends TableName>(
  { replica, dice }: Scene,
  type: T,
  keep: (row: DocOf<T>) => boolean = () => true,
): Promise<DocOf<T> | null> {
  const rows = (await replica.find(type)).filter(keep).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return rows.length > 0 ? dice.pick(rows) : null;
}

const letters = 'abcdefghijklmnopqrstuvwxyz ';

type Target = Parameters<Replica['attach']>[1];

/** Picks a file for a row; now and then a large one. Answers its ids, none where none was picked. */
export async function pickFile(scene: Scene, share: number, target: Target): Promise<string[]> {
  const { dice } = scene;
  if (!dice.chance(share)) return [];
  const length = dice.chance(0.1) ? 400_000 : 200 + dice.int(3000);
  const text = `${word(scene, 'file')} ${letters[dice.int(26)]!.repeat(length)}`;
  return [await attach(scene, new File([text], 'work.txt', { type: 'text/plain' }), target)];
}

/** One pixel; what stands behind the end of a picture nobody draws. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export const pickPicture = (scene: Scene, target: Target): Promise<string> =>
  attach(scene, new File([pixel, word(scene, 'file')], 'me.png', { type: 'image/png' }), target);

async function attach({ replica, ledger }: Scene, file: File, target: Target): Promise<string> {
  const id = await replica.attach(file, target);
  ledger.files.set(
    id,
    createHash('sha256')
      .update(await file.bytes())
      .digest('hex'),
  );
  ledger.count('files insert');
  return id;
}
