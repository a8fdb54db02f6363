import type { FastifyInstance } from 'fastify';
import type { Sockets } from './sockets.ts';

/** How long a stop waits for answers under way; after that a slow download must not hold up the process. */
const patienceMs = 5000;
/** How often a stop looks for connections that have become free. */
const sweepMs = 50;

/** Lets requests under way finish when the app closes, then cuts what is left. Streams are ended by who opened them. */
export function closeGracefully(app: FastifyInstance, sockets: Sockets): void {
  let closing = false;
  // Otherwise the answered connection would wait for a next request that nobody takes any more.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing = true;
    const cut = setTimeout(() => app.server.closeAllConnections(), patienceMs).unref();
    // As long as it still listens (streams are being ended), a new connection may bring a request that is answered.
    const sweep = setInterval(() => {
      if (!app.server.listening) sockets.cutUnused();
    }, sweepMs).unref();
    app.server.once('close', () => {
      clearTimeout(cut);
      clearInterval(sweep);
    });
  });
}
