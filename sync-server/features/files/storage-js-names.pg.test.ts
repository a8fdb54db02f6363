import { describe, expect, test } from 'vitest';
import { pdfBytes, pngBytes } from '../../testing/files-stage.ts';
import {
  openStorageForTests,
  stage,
  ayesha,
  zain,
  sana,
  png,
  workOf,
  folder,
  pdf,
  bytesOf,
} from './storage-js.fixture.ts';

openStorageForTests();

const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#123"/></svg>';

describe('move, copy and remove', () => {
  test('within a bucket and into another one', async () => {
    const bytes = pdfBytes(700);
    await workOf(ayesha).upload(`${folder(2)}/one.pdf`, bytes, pdf);
    expect((await workOf(ayesha).move(`${folder(2)}/one.pdf`, `${folder(2)}/two.pdf`)).data).toMatchObject({
      message: 'Successfully moved',
    });
    expect((await workOf(ayesha).copy(`${folder(2)}/two.pdf`, `${folder(2)}/three.pdf`)).data).toEqual({
      path: `assignment-submissions/${folder(2)}/three.pdf`,
    });
    const elsewhere = `${stage.ayesha.id}/onboarding/q1/four.pdf`;
    const destinationBucket = 'student-documents';
    expect((await workOf(ayesha).move(`${folder(2)}/three.pdf`, elsewhere, { destinationBucket })).error).toBeNull();
    expect((await workOf(ayesha).list(folder(2))).data!.map(({ name }) => name)).toEqual(['two.pdf']);
    expect((await bytesOf(ayesha, destinationBucket, elsewhere)).equals(bytes)).toBe(true);
    expect((await workOf(ayesha).remove([`${folder(2)}/two.pdf`, `${folder(2)}/none.pdf`])).data).toMatchObject([
      { name: `${folder(2)}/two.pdf`, bucket_id: 'assignment-submissions' },
    ]);
    expect((await workOf(ayesha).list(folder(2))).data).toEqual([]);
    // The name is free again, and the copy lives on.
    expect((await workOf(ayesha).upload(`${folder(2)}/two.pdf`, bytes, pdf)).error).toBeNull();
    expect((await bytesOf(ayesha, destinationBucket, elsewhere)).equals(bytes)).toBe(true);
  });

  test('not onto a name that is taken, not to another kind, not where one may not bring files', async () => {
    for (const name of ['a.pdf', 'b.pdf']) await workOf(ayesha).upload(`${folder(3)}/${name}`, pdfBytes(90), pdf);
    const from = `${folder(3)}/a.pdf`;
    for (const call of ['move', 'copy'] as const) {
      const to = async (path: string, destinationBucket?: string) =>
        (await workOf(ayesha)[call](from, path, destinationBucket ? { destinationBucket } : {})).error;
      expect(await to(`${folder(3)}/b.pdf`)).toMatchObject({ status: 409 });
      expect(await to(`${folder(3)}/a.png`)).toMatchObject({ status: 415 });
      expect(await to(`${stage.zain.id}/x/a.pdf`)).toMatchObject({ status: 403 });
      expect(await to('logos/a.pdf', 'company-logos')).not.toBeNull();
      expect(await to(`lessons/${stage.open}/a.pdf`, 'attachments')).toMatchObject({ status: 403 });
      expect(await to(`${folder(3)}/../a.pdf`)).toMatchObject({ status: 400, code: 'InvalidKey' });
    }
    expect((await bytesOf(ayesha, 'assignment-submissions', from)).length).toBe(90);
  });
});

describe('the public bucket', () => {
  test('is read by everybody, kept as long as its uploader said, and never runs anything', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    expect(
      (await logos.upload('logos/original-1.png', png, { contentType: 'image/png', cacheControl: '86400' })).error,
    ).toBe(null);
    expect((await logos.upload('logos/original-2.svg', svg, { contentType: 'image/svg+xml' })).error).toBeNull();
    const read = (path: string) => fetch(logos.getPublicUrl(path).data.publicUrl);
    const picture = await read('logos/original-1.png');
    expect([picture.status, picture.headers.get('cache-control')]).toEqual([200, 'public, max-age=86400']);
    expect(Buffer.from(await picture.arrayBuffer()).equals(png)).toBe(true);
    const drawing = await read('logos/original-2.svg');
    expect(Object.fromEntries(drawing.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
    await drawing.body?.cancel();
    expect(
      (await fetch(`${stage.app.url}/storage/v1/object/info/public/company-logos/logos/original-1.png`)).status,
    ).toBe(200);
    expect((await bytesOf(zain, 'company-logos', 'logos/original-1.png')).equals(png)).toBe(true);
    for (const path of ['logos/none.png', 'logos/..%2fx.png']) expect((await read(path)).status).toBe(404);
  });

  test('takes no logo that is too small to be shown, only what was drawn from one', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    const upload = async (name: string, width: number, height: number) =>
      (await logos.upload(`logos/${name}.png`, pngBytes(width, height), { contentType: 'image/png' })).error;
    expect(await upload('original-3', 255, 400)).toMatchObject({ status: 415 });
    expect(await upload('original-4', 400, 255)).toMatchObject({ status: 415 });
    expect(await upload('favicon-3', 32, 32)).toBeNull();
  });

  test('takes no drawing that does more than draw', async () => {
    const logos = sana.supabase.storage.from('company-logos');
    const bad = svg.replace('<path', '<script>alert(1)</script><path');
    expect((await logos.upload('logos/bad.svg', bad, { contentType: 'image/svg+xml' })).error).toMatchObject({
      status: 415,
    });
  });
});
