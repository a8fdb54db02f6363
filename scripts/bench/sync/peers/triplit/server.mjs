/** Triplit's server on its memory storage: nothing is durable. */
import { freePort, readDocuments, serveParent } from '../task.mjs';
import { collections } from './schema.mjs';
import { connect } from './connect.mjs';

process.env.JWT_SECRET = 'secret';
process.env.PROJECT_ID = 'bench';
const { createServer, createTriplitStorageProvider } = await import('@triplit/server');

const { file, count } = JSON.parse(process.argv[2]);
const port = await freePort();
const start = await createServer({
  storage: await createTriplitStorageProvider('memory'),
  verboseLogs: false,
  jwtSecret: 'secret',
  projectId: 'bench',
  dbOptions: { schema: { collections, version: 0 } },
});
const running = start(port);
await running;
const own = connect(port, false);
const documents = readDocuments(file, count);
for (let from = 0; from < count; from += 1000) await own.http.bulkInsert({ notes: documents.slice(from, from + 1000) });
serveParent({ port }, async () => (await own.http.fetch(own.query('notes').Select(['id']))).length);
