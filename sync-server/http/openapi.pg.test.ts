import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../testing/api-client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer(database);
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Operation = { summary?: string; security?: object[] };
type Document = { paths: Record<string, Record<string, Operation>> };

const asDocumented = (url: string): string => url.replaceAll(/:([a-z]+)/g, '{$1}').replace(/\/?\*$/, '/{*}');

/** Every route of the program, from the tree that the router prints of itself. */
function listRoutes(): { method: string; url: string }[] {
  const above: string[] = [];
  return server.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (!found) return [];
      const depth = found[1]!.length / 4;
      above.length = depth;
      above.push(found[2]!);
      const url = above.join('');
      return (found[3]?.split(', ') ?? []).map((method) => ({ method, url }));
    });
}

test('the document tells of every public route, and whom it asks for', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  const routes = listRoutes().filter(
    ({ method, url }) =>
      !['HEAD', 'OPTIONS'].includes(method) && url !== '/openapi.json' && !['/', '/*', '*'].includes(url),
  );
  // The listing itself must see what there is.
  expect(routes).toContainEqual({ method: 'POST', url: '/auth/v1/token' });
  expect(routes).toContainEqual({ method: 'POST', url: '/storage/v1/object/list/:bucket' });
  expect(routes.length).toBeGreaterThan(100);
  const untold = routes.filter(({ method, url }) => !paths[asDocumented(url)]?.[method.toLowerCase()]?.summary);
  expect(untold).toEqual([]);
});

test('a body that a route reads itself is told of as well', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  expect(paths['/storage/v1/object/move']!['post']).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { properties: { sourceKey: { type: 'string' } } } } } },
  });
});
