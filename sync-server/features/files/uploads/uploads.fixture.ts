import { afterAll, beforeAll } from 'vitest';
import type { Client } from '../../../testing/api-client.ts';
import { announce, openStage, type Announced, type Stage } from '../../../testing/files-stage.ts';

export let stage: Stage;
export let ayesha: Client;
export let zain: Client;
export const announceWork = (bytes: Uint8Array, ending?: string): Announced =>
  announce(stage.ayesha, stage.assignment, bytes, ending);
export async function readBack(client: Client, file: Announced): Promise<Buffer> {
  const { data, error } = await client.supabase.storage.from(file.bucket).download(file.path);
  if (error) throw error;
  return Buffer.from(await data.arrayBuffer());
}

/** Opens all this before the tests of a file, and closes it after them. */
export function openUploadsForTests(): void {
  beforeAll(async () => {
    stage = await openStage();
    ayesha = await stage.signIn(stage.ayesha);
    zain = await stage.signIn(stage.zain);
  });
  afterAll(() => stage.close());
}
