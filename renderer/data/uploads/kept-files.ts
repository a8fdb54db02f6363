import type { DeviceDatabase, UploadRow } from '../device-database.ts';
import type { Sealer } from '../sealing.ts';
import { cell, type Cell } from '../store.ts';

/** The files that lie on this device, sealed, and how far each one is. */
export type KeptFiles = {
  rows: Cell<readonly UploadRow[]>;
  /** Seals the bytes and stores them with their row, which is not in `rows` yet: only what is listed may be sent. */
  keep(row: UploadRow, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  list(row: UploadRow): void;
  change(fileId: string, next: Partial<UploadRow>): Promise<void>;
  forget(fileId: string): Promise<void>;
  bytes(fileId: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; mime: string } | null>;
};

export async function openKeptFiles(device: DeviceDatabase, sealer: Sealer): Promise<KeptFiles> {
  const rows = cell<readonly UploadRow[]>(await device.uploads.orderBy('created_at').toArray());
  const without = (fileId: string): UploadRow[] => rows.get().filter(({ file_id }) => file_id !== fileId);

  return {
    rows,
    async keep(row, bytes) {
      const sealed = await sealer.seal(bytes);
      await device.transaction('rw', device.uploads, device.bytes, async () => {
        await device.bytes.put({ file_id: row.file_id, mime: row.mime, sealed });
        await device.uploads.put(row);
      });
    },
    list: (row) => rows.set([...without(row.file_id), row]),
    async change(fileId, next) {
      const row = rows.get().find(({ file_id }) => file_id === fileId);
      if (!row) return;
      const changed = { ...row, ...next };
      // Shown before it is stored: two changes at once (an address and an end) must both build on the latest.
      rows.set(rows.get().map((known) => (known.file_id === fileId ? changed : known)));
      await device.uploads.put(changed);
    },
    async forget(fileId) {
      await device.transaction('rw', device.uploads, device.bytes, async () => {
        await device.uploads.delete(fileId);
        await device.bytes.delete(fileId);
      });
      rows.set(without(fileId));
    },
    async bytes(fileId) {
      const row = await device.bytes.get(fileId);
      const bytes = row ? await sealer.open(row.sealed) : null;
      return row && bytes ? { bytes, mime: row.mime } : null;
    },
  };
}
