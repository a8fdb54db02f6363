import { changeMark, readMark, type DeviceDatabase } from './device-database.ts';
import { replicaSchema } from './replica-database.ts';

/**
 * Notes which schema the replica is about to be opened with; call before. A release takes the documents of earlier ones over, but one
 * that is put back finds the replica as it left it, or none, while the checkpoint is of what came since. So after a step back, and
 * after the next step forward, everything is fetched anew; what was not sent lies in the queue and stays.
 */
export async function noteReplicaRelease(device: DeviceDatabase): Promise<void> {
  const { replica_schema = 0, latest_schema = replica_schema } = await readMark(device);
  const schema = replicaSchema.version;
  if (schema === replica_schema) return;
  const isTakenOver = schema > latest_schema && replica_schema === latest_schema;
  await changeMark(device, {
    replica_schema: schema,
    latest_schema: Math.max(schema, latest_schema),
    ...(isTakenOver ? {} : { checkpoint: null, complete: false, check_due: false }),
  });
}
