/** Loaded before the product: puts the mistake named by SIMULATION_PLANT into the source text of its modules. */
import { registerHooks } from 'node:module';
import { plants } from './plants.ts';

const plant = plants.find(({ name }) => name === process.env['SIMULATION_PLANT']);
if (!plant) throw new Error(`no plant is named ${process.env['SIMULATION_PLANT']}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = plant.edits.filter(({ file }) => url.endsWith(`/${file}`));
    if (edits.length === 0) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const { file, find, put } of edits) {
      if (source.split(find).length !== 2)
        throw new Error(`${plant.name}: the planted place is not there once in ${file}`);
      source = source.replace(find, () => put);
    }
    return { ...loaded, source };
  },
});
