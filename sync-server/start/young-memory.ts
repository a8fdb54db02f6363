import { compiledCode } from './compiled-code.ts';
import { startOver } from './start-over.ts';

/**
 * How much V8 sets aside for objects that were just made, in MiB, three times over. By itself it takes 16 and more, which a
 * server that answers in pages of text never needs. With half of this a push of a thousand operations spends a fifth more of the
 * server's time on collecting. It is collected by one thread: several wait for each other where the processors are busy.
 */
const flag = '--max-semi-space-size';
const flags = [`${flag}=8`, '--no-parallel-scavenge'];

/**
 * Starts this program over with less memory for young objects and with code that was compiled before; only flags at the start of
 * Node can say so. Leaves it as it is where the flag was given.
 */
export function boundYoungMemory(): void {
  // oxlint-disable-next-line node/no-process-env -- config.ts, where it is read otherwise, is worth loading once only
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''];
  if (!given.some((one) => one.includes(flag))) startOver(flags, compiledCode());
}
