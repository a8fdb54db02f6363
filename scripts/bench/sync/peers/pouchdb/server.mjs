/** express-pouchdb over LevelDB files: the CouchDB protocol, durable. */
import express from 'express';
import expressPouch from 'express-pouchdb';
import PouchDB from 'pouchdb';
import { mkdirSync } from 'node:fs';
import { freePort, readDocuments, serveParent } from '../task.mjs';

const { file, count, directory } = JSON.parse(process.argv[2]);
mkdirSync(directory, { recursive: true });
const Stored = PouchDB.defaults({ prefix: `${directory}/` });
const app = express();
app.use(
  '/',
  expressPouch(Stored, {
    mode: 'minimumForPouchDB',
    logPath: `${directory}/log.txt`,
    configPath: `${directory}/config.json`,
  }),
);
const database = new Stored('notes');
const documents = readDocuments(file, count).map(({ id, ...document }) => ({ _id: id, ...document }));
for (let from = 0; from < count; from += 2000) await database.bulkDocs(documents.slice(from, from + 2000));
const port = await freePort();
await new Promise((resolve) => app.listen(port, '127.0.0.1', resolve));
serveParent({ port }, async () => (await database.info()).doc_count);
