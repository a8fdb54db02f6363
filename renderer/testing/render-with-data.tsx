import { render, type RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import type { Role } from '#contract/roles.ts';
import { DataProvider } from '../data/hooks.tsx';
import type { OpenOptions } from '../data/open-options.ts';
import type { Replica } from '../data/types.ts';
import { createFakeServer, type FakeServer, type SeedRow } from './fake-server.ts';
import { createTestDevice, testUserId, type TestDevice } from './test-device.ts';

export type RenderedWithData = RenderResult & { replica: Replica; server: FakeServer; device: TestDevice };

const opened: Replica[] = [];

/**
 * Renders a screen over a real replica (RxDB and Dexie on an IndexedDB in memory) in step with a fake server that holds `rows`.
 * Call `closeReplicas` in `afterEach`: only 13 collections may be open at once.
 */
export async function renderWithData(
  screen: ReactNode,
  options: { rows?: readonly SeedRow[]; userId?: string; role?: Role; open?: OpenOptions } = {},
): Promise<RenderedWithData> {
  const server = createFakeServer(options.rows);
  const device = createTestDevice({ server, userId: options.userId ?? testUserId, role: options.role ?? 'student' });
  const replica = await device.openSynced(options.open);
  opened.push(replica);
  const result = render(<DataProvider replica={replica}>{screen}</DataProvider>);
  return { ...result, replica, server, device };
}

export async function closeReplicas(): Promise<void> {
  for (const replica of opened.splice(0)) await replica.close();
}
