import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClamdStandIn, virus, type ClamdStandIn } from '../../testing/clamd-stand-in.ts';
import { startServer, type Client, type TestServer } from '../../testing/api-client.ts';
import {
  announce,
  createUpload,
  openStage,
  patchUpload,
  pdfBytes,
  pushRow,
  statusOf,
  type Stage,
} from '../../testing/files-stage.ts';

/** Uploads where a virus scanner is configured. */

let stage: Stage;
let clamd: ClamdStandIn;
let app: TestServer;
let ayesha: Client;
beforeAll(async () => {
  [stage, clamd] = [await openStage(), await startClamdStandIn()];
  app = await startServer(stage.database, { env: { CLAMD_ADDRESS: clamd.address } });
  ayesha = await app.signIn(stage.ayesha.email, 'a calm river at dawn');
});
afterAll(async () => {
  await app.close();
  await clamd.close();
  await stage.close();
});

const infected = Buffer.concat([pdfBytes(100_000), Buffer.from(virus)]);
const folder = () => `${stage.ayesha.id}/${stage.assignment}/1`;
const bucket = () => ayesha.supabase.storage.from('assignment-submissions');
const pdf = { contentType: 'application/pdf' };
const scannedAt = async (path: string) =>
  (
    await stage.database.server.query<{ scanned_at: string | null }>('select scanned_at from files where path = $1', [
      path,
    ])
  ).rows[0]?.scanned_at;

test('every byte is shown to the scanner, and the row says when', async () => {
  const bytes = pdfBytes(200_000);
  expect((await bucket().upload(`${folder()}/clean.pdf`, bytes, pdf)).error).toBeNull();
  expect(clamd.seen.at(-1)!.equals(bytes)).toBe(true);
  expect(await scannedAt(`${folder()}/clean.pdf`)).toEqual(expect.any(String));
});

test('an infected file is refused, and its row closed', async () => {
  expect((await bucket().upload(`${folder()}/bad.pdf`, infected, pdf)).error).toMatchObject({ status: 415 });
  expect(await scannedAt(`${folder()}/bad.pdf`)).toBeUndefined();
  const file = announce(stage.ayesha, stage.assignment, infected);
  await pushRow(stage, file);
  const location = (await createUpload(app, ayesha, file, infected.length)).headers.get('location')!;
  expect((await patchUpload(app, ayesha, location, 0, infected)).status).toBe(415);
  expect(await statusOf(stage, file.id)).toBe('quarantined');
});

test('nothing counts as clean that the scanner did not look at', async () => {
  for (const mood of ['away', 'limited'] as const) {
    clamd.mood = mood;
    expect((await bucket().upload(`${folder()}/${mood}.pdf`, pdfBytes(500), pdf)).error).toMatchObject({ status: 503 });
    const file = announce(stage.ayesha, stage.assignment, pdfBytes(500));
    await pushRow(stage, file);
    const location = (await createUpload(app, ayesha, file, 500)).headers.get('location')!;
    expect((await patchUpload(app, ayesha, location, 0, pdfBytes(500))).status).toBe(204);
    expect(await statusOf(stage, file.id)).toBe('local');
    expect((await bucket().download(file.path)).error).not.toBeNull();
    // The bytes wait; whoever starts next with a scanner that answers settles them.
    clamd.mood = 'well';
    const next = await startServer(stage.database, {
      env: { CLAMD_ADDRESS: clamd.address, FILES_DIR: app.deps.config.FILES_DIR },
    });
    await expect.poll(() => statusOf(stage, file.id), { timeout: 10_000 }).toBe('ready');
    await next.app.close();
  }
});
