import type { At, CommandCase } from './format.ts';

const unconnected = ({ me, stage }: At) => stage.rows('delete from integrations where user_id = $1', [me.id]);
const connected = async (at: At, source: string) => {
  await unconnected(at);
  await at.stage.insert('integrations', { user_id: at.me.id, source });
};

/** Connecting and disconnecting one's own accounts (workflows 3.39). */
export const integrationCommands: readonly CommandCase[] = [
  {
    name: 'connect-shopify',
    input: async (at) => {
      await unconnected(at);
      return { domain: 'matrix-store.myshopify.com', token: 'shpat_0123456789abcdef' };
    },
  },
  {
    name: 'connect-meta',
    input: async (at) => {
      await unconnected(at);
      return { account_id: 'act_1234567', token: 'EAA0123456789abcdef' };
    },
  },
  {
    name: 'disconnect-integration',
    input: async (at) => {
      await connected(at, 'shopify');
      return { source: 'shopify' };
    },
  },
];
