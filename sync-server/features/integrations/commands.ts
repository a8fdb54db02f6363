import type { FastifyInstance } from 'fastify';
import {
  connectedSchema,
  connectMetaSchema,
  connectShopifySchema,
  disconnectedSchema,
  disconnectSchema,
} from '#contract/api/integrations.ts';
import type { Role } from '#contract/roles.ts';
import { asActor } from '../../db/as-actor.ts';
import type { Deps } from '../../deps.ts';
import { addCommand, defineCommand, type CommandContext } from '../../http/commands.ts';
import { openSecretBox, type SecretBox } from '../identity/index.ts';
import { writeAudit } from '../people/index.ts';

const owners: Role[] = ['student'];
type Source = 'shopify' | 'meta_ads';

/** What a sealed token belongs to: it opens for no other person and no other account. */
export const sealedFor = (userId: string, source: Source): string => `integrations:${userId}:${source}`;

/**
 * Connecting and disconnecting one's own accounts. Whether a token is good, the account says when it is first asked; until
 * then the connection counts for nothing (no points, no milestone).
 */
export function integrationCommands(app: FastifyInstance, deps: Deps): void {
  const box = openSecretBox(deps.config);
  addCommand(
    app,
    deps,
    defineCommand({
      name: 'connect-shopify',
      summary: 'Connect the own Shopify store',
      input: connectShopifySchema,
      output: connectedSchema,
      roles: owners,
      writes: true,
      run: (context, { domain, token }) => connect(context, box, 'shopify', domain, token),
    }),
  );
  addCommand(
    app,
    deps,
    defineCommand({
      name: 'connect-meta',
      summary: 'Connect the own Meta advertising account',
      input: connectMetaSchema,
      output: connectedSchema,
      roles: owners,
      writes: true,
      run: (context, { account_id, token }) => connect(context, box, 'meta_ads', account_id, token),
    }),
  );
  addCommand(
    app,
    deps,
    defineCommand({
      name: 'disconnect-integration',
      summary: 'Disconnect an own account; its token is destroyed, its numbers stay',
      input: disconnectSchema,
      output: disconnectedSchema,
      roles: owners,
      writes: true,
      run: (context, { source }) => disconnect(context, source),
    }),
  );
}

const connect = (
  { deps, actor, now }: CommandContext,
  box: SecretBox,
  source: Source,
  account: string,
  token: string,
): Promise<{ id: string; status: 'connected' }> =>
  asActor(deps.people, actor, async (tx) => {
    const { rows } = await tx.query<{ id: string }>('select server_connect_integration($1, $2, $3, $4, $5, $6) as id', [
      deps.serverKey,
      actor.id,
      source,
      account,
      box.seal(token, sealedFor(actor.id, source)),
      now,
    ]);
    const { id } = rows[0]!;
    await writeAudit(tx, deps, {
      actor: actor.id,
      entity: 'integrations',
      id,
      action: 'integration_connected',
      about: actor.id,
      summary: `${source}: ${account}`,
      data: { source, external_id: account },
    });
    return { id, status: 'connected' };
  });

const disconnect = ({ deps, actor }: CommandContext, source: Source): Promise<{ removed: boolean }> =>
  asActor(deps.people, actor, async (tx) => {
    const { rows } = await tx.query<{ id: string | null }>('select server_disconnect_integration($1, $2, $3) as id', [
      deps.serverKey,
      actor.id,
      source,
    ]);
    const id = rows[0]?.id;
    if (!id) return { removed: false };
    await writeAudit(tx, deps, {
      actor: actor.id,
      entity: 'integrations',
      id,
      action: 'integration_disconnected',
      about: actor.id,
      summary: source,
      data: { source },
    });
    return { removed: true };
  });
