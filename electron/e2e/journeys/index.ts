import type { Journey } from '../support/journey.ts';
import { j1 } from './j1.ts';
import { j2, j2ClockBack, j2KillApp, j2KillServer } from './j2.ts';
import { j3, j3Approved } from './j3.ts';

/** Every journey there is, by the name `npm run journey -- NAME` takes. */
export const journeys: readonly Journey[] = [j1, j2, j2KillApp, j2KillServer, j2ClockBack, j3, j3Approved];
