import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlaceName } from '#contract/rules/file-places.ts';
import { filePlaces } from '#contract/rules/file-places.ts';
import { asServer } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { mimeOf } from './file-kinds.ts';
import { insertReadyFile } from './file-row.ts';
import { readObjectName } from './object-name.ts';
import { objectKey } from './object-store.ts';
import { openStorage } from './storage.ts';

/** A paper the server drew: about whom, for which row, and what it is called when it is saved. */
export type Document = {
  place: Extract<PlaceName, 'certificate' | 'billing'>;
  person: string;
  link: { table: string; id: string };
  /** With its ending, such as `CERT-2026-000001.pdf`. */
  name: string;
  bytes: Uint8Array;
};

/**
 * Keeps a certificate, an invoice or a receipt in its student's documents, ready to be read by those who read its row. Answers
 * the id of the file, which the row must name soon: what nothing names is swept away, and so is the paper this one replaces.
 */
export async function keepDocument(
  deps: Pick<Deps, 'server' | 'config'>,
  { place, person, link, name: original_name, bytes }: Document,
): Promise<string> {
  const { bucket, folders } = filePlaces[place];
  const id = randomUUID();
  const ending = original_name.split('.').at(-1)!;
  const name = readObjectName(bucket, `${folders.replace(':person', person)}/${id}.${ending}`);
  const mime = mimeOf(name);
  if (!mime) throw new Error(`no document ends with ${ending}`);
  const { objects, staging } = openStorage(deps);
  await mkdir(staging, { recursive: true, mode: 0o700 });
  const file = join(staging, `document_${randomBytes(16).toString('hex')}`);
  await writeFile(file, bytes, { mode: 0o600, flush: true });
  await objects.put(objectKey(bucket, id), file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const facts = { id, name, link, original_name, mime, sha256, bytes: bytes.length };
  await asServer(deps.server, (tx) =>
    insertReadyFile(tx, { ...facts, owner_id: null, cache_control: null, details: null }, null),
  );
  return id;
}
