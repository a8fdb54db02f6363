import type { Feature } from '../../deps.ts';
import { integrationCommands } from './commands.ts';

/** Connected shops and advertising accounts. */
export const integrations: Feature = { name: 'integrations', routes: integrationCommands };
