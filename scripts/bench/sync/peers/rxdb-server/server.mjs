/** RxDB Server on its memory storage: nothing is durable, nobody is asked who they are. */
import { RxServerAdapterExpress } from 'rxdb-server/plugins/adapter-express';
import { createRxServer } from 'rxdb-server/plugins/server';
import { freePort, readDocuments, serveParent } from '../task.mjs';
import { openNotes } from './database.mjs';

const { file, count } = JSON.parse(process.argv[2]);
const database = await openNotes();
const documents = readDocuments(file, count);
for (let from = 0; from < count; from += 2000) await database.notes.bulkInsert(documents.slice(from, from + 2000));
const port = await freePort();
const server = await createRxServer({
  database,
  adapter: RxServerAdapterExpress,
  hostname: '127.0.0.1',
  port,
  authHandler: () => ({ validUntil: Date.now() + 3_600_000, data: {} }),
});
for (const name of ['notes', 'warm']) await server.addReplicationEndpoint({ name, collection: database[name] });
await server.start();
serveParent({ port }, () => database.notes.count().exec());
