import { againAfterCollision } from '../db/collisions.ts';
import type { Pool } from '../db/sql.ts';

/**
 * Settles which physical history of the database this is; where it is another than the one on record, everything is stamped anew.
 * That takes every row, in another order than pushes that are at work, so it may have to begin again.
 */
export const settleEpoch = (server: Pool): Promise<void> =>
  againAfterCollision(async () => void (await server.query('select sync_check_epoch()')));
