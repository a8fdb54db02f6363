/**
 * The real server with a clock of its own and the secrets that mails would carry, for tests of signing in. Reached by computed
 * imports, as `real-server.ts` explains.
 */
export type IdentityServer = {
  url: string;
  /** Milliseconds by which the server's clock is ahead. */
  skewMs: number;
  query(text: string, values?: unknown[]): Promise<unknown>;
  createCompany(settings: object): Promise<unknown>;
  createPerson(role: string, options: object): Promise<{ id: string; email: string }>;
  /** Sets an authenticator app up for a person; answers what shows its codes. */
  setUpApp(email: string, password: string): Promise<() => string>;
  /** The code an app with this secret shows now. */
  codeOf(secret: string): string;
  mintLink(userId: string, kind: string): Promise<string>;
  mintSetupToken(): Promise<string>;
  close(): Promise<void>;
};

// oxlint-disable-next-line typescript/no-explicit-any -- the server's own types stay on the server's side of the wall
type Anything = any;

const load = (file: string): Promise<Anything> =>
  import(/* @vite-ignore */ new URL(`../../sync-server/${file}`, import.meta.url).href) as Promise<Anything>;

export async function startIdentityServer(): Promise<IdentityServer> {
  const [databases, servers, people, apps, totp, identity, actors] = await Promise.all(
    [
      'testing/test-database.ts',
      'testing/api-client.ts',
      'testing/people.ts',
      'testing/authenticator.ts',
      'features/identity/totp.ts',
      'features/identity/index.ts',
      'db/as-actor.ts',
    ].map(load),
  );
  const database = await databases.createTestDatabase();
  const now = () => new Date(Date.now() + server.skewMs);
  const running = await servers.startServer(database, { clock: { now } });
  const server: IdentityServer = {
    url: running.url,
    skewMs: 0,
    query: (text, values) => database.server.query(text, values),
    createCompany: (settings) => people.createCompany(database.server, settings),
    createPerson: (role, options) => people.createPerson(database.server, role, options),
    async setUpApp(email, password) {
      const { supabase } = await running.signIn(email, password);
      const app = await apps.setUpApp(supabase, now());
      return () => app.code(now());
    },
    codeOf: (secret) => totp.totpCode(totp.fromBase32(secret), totp.stepAt(now())),
    mintLink: (userId, kind) =>
      actors.asServer(database.server, (tx: Anything) => identity.mintLink(tx, userId, kind, now())),
    mintSetupToken: () => identity.mintSetupToken(database.server, now()),
    async close() {
      await running.close();
      await database.drop();
    },
  };
  return server;
}
