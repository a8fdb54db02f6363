import { AppError } from '../../http/errors.ts';
import type { ContentContext } from './content-kind.ts';

type Stored = { bucket: string; status: string; mime: string };

async function findFile({ tx }: ContentContext, id: string): Promise<Stored> {
  const { rows } = await tx.query<Stored>('select bucket, status, mime from files where id = $1', [id]);
  const file = rows[0];
  if (!file || file.status !== 'ready') throw new AppError('INVALID_INPUT', { message: 'The file is not there yet.' });
  return file;
}

/** A cover is a picture that everybody may see. Null is no cover. */
export async function mustBeCover(context: ContentContext, id: unknown): Promise<void> {
  if (typeof id !== 'string') return;
  const { bucket, mime } = await findFile(context, id);
  if (bucket !== 'company-logos' || !mime.startsWith('image/'))
    throw new AppError('INVALID_INPUT', { message: 'A cover is a public picture.' });
}

/** What hangs on a lesson or a resource lies among the attachments, and whoever hangs it there may read it. */
export async function mustBeAttachment(context: ContentContext, id: unknown): Promise<void> {
  if (typeof id !== 'string') return;
  const { bucket } = await findFile(context, id);
  if (bucket !== 'attachments') throw new AppError('INVALID_INPUT', { message: 'The file lies somewhere else.' });
}
