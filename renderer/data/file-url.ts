import type { Connection } from '../platform/session.ts';
import { storageClient } from '../platform/supabase.ts';
import type { ReplicaParts } from './open-parts.ts';

const validSeconds = 600;

/** Address of a file: of its bytes where they lie on this device, else one that the server signs; null where there is neither. */
export async function fileUrl(
  connection: Connection,
  { core, uploads }: Pick<ReplicaParts, 'core' | 'uploads'>,
  fileId: string,
): Promise<string | null> {
  const bytes = await uploads.bytes(fileId);
  if (bytes) return URL.createObjectURL(bytes);
  const row = await core.read('files', fileId);
  if (!row || connection.expired()) return null;
  const storage = await storageClient(connection.serverUrl, connection.fetch, () => connection.accessToken());
  const { data } = await storage.from(row.bucket as string).createSignedUrl(row.path as string, validSeconds);
  return data?.signedUrl ?? null;
}
