import type { BenchPage } from '../figures.ts';
import { proveBlocks } from './blocks.ts';
import { pullCeiling } from './ceiling.ts';
import { pullOurs, reopenOurs } from './ours.ts';

const bench: BenchPage = { proveBlocks, pullCeiling, pullOurs, reopenOurs };
Object.assign(globalThis, { bench });
