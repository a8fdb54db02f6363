/**
 * `node electron/build/read-fuses.ts PROGRAM`: compares the switches inside a packed program with `electron-builder.yml`. Run on
 * the program that ships, after signing: a build step that forgets them is seen by nothing else.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

type Fuses = {
  getCurrentFuseWire(program: string): Promise<Record<number, number>>;
  FuseV1Options: Record<string, number>;
};

const ofBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const ofBuilderLib = createRequire(ofBuilder.resolve('app-builder-lib/package.json'));
const { getCurrentFuseWire, FuseV1Options } = ofBuilderLib('@electron/fuses') as Fuses;
const yaml = ofBuilderLib('js-yaml') as { load(text: string): { electronFuses: Record<string, boolean> } };

const [program] = process.argv.slice(2);
if (!program) throw new Error('usage: node electron/build/read-fuses.ts PROGRAM');
const { electronFuses } = yaml.load(readFileSync(path.join(import.meta.dirname, '../../electron-builder.yml'), 'utf8'));
const wire = await getCurrentFuseWire(program);
let wrong = 0;
for (const [name, wanted] of Object.entries(electronFuses)) {
  const fuse = FuseV1Options[`${name[0]?.toUpperCase()}${name.slice(1)}`];
  if (fuse === undefined) continue; // how to sign on a Mac, not a switch in the program
  const isOn = String.fromCharCode(wire[fuse] ?? 0) === '1';
  if (isOn !== wanted) wrong += 1;
  process.stdout.write(`${isOn === wanted ? 'ok  ' : 'FAIL'} ${name}: ${isOn}\n`);
}
process.exitCode = wrong === 0 ? 0 : 1;
