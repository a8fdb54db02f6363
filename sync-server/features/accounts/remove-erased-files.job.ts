import { z } from 'zod';
import { defineJob } from '../../jobs/define-job.ts';
import { objectKey, openStorage } from '../files/index.ts';

/** Removes the bytes of an erased person's files; the rows already say that they are gone. Failing half way it starts over. */
export const removeErasedFiles = defineJob({
  name: 'accounts.remove-erased-files',
  payload: z.strictObject({ user_id: z.uuid() }),
  run: async ({ user_id }, deps) => {
    const { objects } = openStorage(deps);
    const { rows } = await deps.server.query<{ id: string; bucket: string }>(
      `select id, bucket from files where owner_id = $1 and status = 'deleted'`,
      [user_id],
    );
    for (const { id, bucket } of rows) await objects.remove(objectKey(bucket, id));
  },
});
