import type { TestDatabase } from '../../../sync-server/testing/test-database.ts';
import type { Audience } from '../audience.ts';
import type { Academy } from '../cluster.ts';
import type { Device } from '../device.ts';
import type { Ledger } from '../ledger.ts';
import type { Places } from './places.ts';
import type { Watched } from './watched.ts';

/** What should not be. `wrong`: the server came to another state than what it was told leads to. */
export type Finding = {
  what: 'divergent' | 'lost' | 'leaked' | 'stuck' | 'twice' | 'wrong' | 'log' | 'trouble';
  text: string;
};

/** Everything that is compared when everybody is online and quiet. */
export type Evidence = {
  academy: Academy;
  database: TestDatabase;
  devices: readonly Device[];
  ledger: Ledger;
  audience: Audience;
  places: Places;
  watched: Watched;
  /** Address of a server process. */
  address: string;
  /** Where the server keeps files. */
  filesDir: string;
};
