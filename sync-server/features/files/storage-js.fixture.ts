import { afterAll, beforeAll } from 'vitest';
import type { Client } from '../../testing/api-client.ts';
import { createPerson } from '../../testing/people.ts';
import { openStage, pngBytes, type Stage } from '../../testing/files-stage.ts';

/** /storage/v1 as its own client calls it: no row was announced by any device. */

export let stage: Stage;
export let ayesha: Client;
export let zain: Client;
export let sana: Client;
export const png = pngBytes(256, 256);
export const workOf = (client: Client): ReturnType<Client['supabase']['storage']['from']> =>
  client.supabase.storage.from('assignment-submissions');
export const folder = (version = 1) => `${stage.ayesha.id}/${stage.assignment}/${version}`;
export const pdf = { contentType: 'application/pdf' };
export async function bytesOf(client: Client, bucket: string, path: string): Promise<Buffer> {
  const { data, error } = await client.supabase.storage.from(bucket).download(path);
  if (error) throw error;
  return Buffer.from(await data.arrayBuffer());
}

/** Opens all this before the tests of a file, and closes it after them. */
export function openStorageForTests(): void {
  beforeAll(async () => {
    stage = await openStage();
    const superadmin = await createPerson(stage.database.server, 'superadmin', { password: 'a calm river at dawn' });
    [ayesha, zain, sana] = [
      await stage.signIn(stage.ayesha),
      await stage.signIn(stage.zain),
      await stage.signIn(superadmin),
    ];
  });
  afterAll(() => stage.close());
}
