import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { announce, pdfBytes, pushRow } from '../../testing/files-stage.ts';
import { openReadingForTests, bytes, stage, ayesha, bilal, work, openFile, sign } from './reading.fixture.ts';

openReadingForTests();

describe('a signed address', () => {
  test('gives whole, part, nothing new, and what lies outside', async () => {
    const address = (await sign(ayesha, work))!;
    const whole = await fetch(address);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-type': 'application/pdf',
      'content-length': String(bytes.length),
      'content-disposition': 'inline',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);

    const part = await fetch(address, { headers: { range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true);

    const etag = whole.headers.get('etag')!;
    expect((await fetch(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await fetch(address, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status).toBe(200);
    expect((await fetch(address, { headers: { range: 'bytes=0-9', 'if-range': etag } })).status).toBe(206);
    const outside = await fetch(address, { headers: { range: `bytes=${bytes.length}-` } });
    expect(outside.status).toBe(416);
    expect(outside.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  test('answers HEAD without a body', async () => {
    const head = await fetch((await sign(ayesha, work))!, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('saves under the name its owner gave it when that is asked', async () => {
    const { data } = await ayesha.supabase.storage.from(work.bucket).createSignedUrl(work.path, 60, { download: true });
    const answer = await fetch(data!.signedUrl);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`,
    );
    await answer.body?.cancel();
  });

  test('cannot be widened to another object, a longer life or another method', async () => {
    const address = new URL((await sign(ayesha, work))!);
    const token = address.searchParams.get('token')!;
    const other = await fetch(
      `${stage.app.url}/storage/v1/object/sign/${openFile.bucket}/${openFile.path}?token=${token}`,
    );
    expect(other.status).toBe(401);
    const [payload, signature] = token.split('.');
    const fields = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as unknown[];
    const longer = Buffer.from(JSON.stringify([...fields.slice(0, 3), 9_999_999_999])).toString('base64url');
    address.searchParams.set('token', `${longer}.${signature}`);
    expect((await fetch(address)).status).toBe(401);
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const answer = await fetch((await sign(ayesha, work))!, { method });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  test('lives for ten minutes at most, whatever was asked', async () => {
    const address = new URL((await sign(ayesha, work, 999_999))!);
    const payload = address.searchParams.get('token')!.split('.')[0]!;
    const [, , , expires] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
      string,
      string,
      string,
      number,
    ];
    expect(expires - Date.now() / 1000).toBeLessThanOrEqual(600);
  });

  test('ends with the session it was made in', async () => {
    const device = await stage.signIn(stage.ayesha);
    const address = (await sign(device, work))!;
    expect((await fetch(address, { headers: { range: 'bytes=0-0' } })).status).toBe(206);
    await device.supabase.auth.signOut({ scope: 'local' });
    expect((await fetch(address, { headers: { range: 'bytes=0-0' } })).status).toBe(401);
  });

  test('asks the right again on every Range: a mentor who no longer covers the student reads no further', async () => {
    const address = (await sign(bilal, work))!;
    const range = (value: string) => fetch(address, { headers: { range: value } });
    expect((await range('bytes=0-99')).status).toBe(206);
    await stage.database.server.query('update student_mentor_assignments set ended_at = now() where mentor_id = $1', [
      stage.bilal.id,
    ]);
    await stage.database.server.query('update mentor_course_assignments set is_deleted = true where mentor_id = $1', [
      stage.bilal.id,
    ]);
    expect((await range('bytes=100-199')).status).toBe(404);
    await stage.database.server.query('update student_mentor_assignments set ended_at = null where mentor_id = $1', [
      stage.bilal.id,
    ]);
    await stage.database.server.query('update mentor_course_assignments set is_deleted = false where mentor_id = $1', [
      stage.bilal.id,
    ]);
    expect((await range('bytes=100-199')).status).toBe(206);
  });

  test('stops in the middle of a running answer within a second or two of the revocation', async () => {
    const big = pdfBytes(20_000_000);
    const file = announce(stage.ayesha, stage.assignment, big);
    await pushRow(stage, file);
    await ayesha.supabase.storage.from(file.bucket).upload(file.path, big);
    const device = await stage.signIn(stage.ayesha);
    const address = (await sign(device, file))!;
    const received = await new Promise<{ complete: boolean; bytes: number }>((resolve, reject) => {
      let seen = 0;
      const call = httpRequest(address, (answer) => {
        answer.on('error', () => undefined);
        answer.on('readable', () => undefined);
        // Reads as slowly as a player does; the session ends while it reads.
        const reader = setInterval(() => (seen += (answer.read(65_536) as Buffer | null)?.length ?? 0), 20);
        answer.on('close', () => {
          clearInterval(reader);
          resolve({ complete: answer.complete, bytes: seen });
        });
        device.supabase.auth.signOut({ scope: 'local' }).catch(reject);
      });
      call.on('error', reject);
      call.end();
    });
    expect(received.complete).toBe(false);
    expect(received.bytes).toBeLessThan(big.length);
  });
});
