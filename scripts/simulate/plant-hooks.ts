/** Loaded before the product: puts the mistake named by SIMULATION_PLANT into the source text of its modules. */
import { registerHooks } from 'node:module';
import { plants } from './plants.ts';
import { firedLine, firings, planted, withSql } from './planting.ts';

const plant = plants.find(({ name }) => name === process.env['SIMULATION_PLANT']);
if (!plant) throw new Error(`no plant is named ${process.env['SIMULATION_PLANT']}`);
const edits = withSql(plant);

/** Said on standard error where this is a server of the simulation, whose parent counts. */
const isServer = process.env['SIMULATION_SERVER'] === 'yes';
Object.assign(globalThis, {
  plantFired: () => {
    if (isServer) process.stderr.write(`${firedLine}\n`);
    else firings.count += 1;
    return true;
  },
});

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const here = edits.filter(({ file }) => url.endsWith(`/${file}`));
    if (here.length === 0) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    return { ...loaded, source: here.reduce(planted, source) };
  },
});
