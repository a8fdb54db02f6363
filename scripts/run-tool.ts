import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const projectFolder = path.resolve(import.meta.dirname, '..');

export type ToolResult = { code: number; output: string; seconds: number };
export type RunOptions = { env?: Record<string, string | undefined>; isLoud?: boolean };

/** Runs a program of this project (found in node_modules/.bin) or of the machine, in the project folder. */
export async function runTool(
  command: string,
  args: string[],
  { env = {}, isLoud = false }: RunOptions = {},
): Promise<ToolResult> {
  const started = performance.now();
  const bin = path.join(projectFolder, 'node_modules/.bin');
  const child = spawn(command, args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The project's own Node first: its tools start with `env node`, and the machine's may be older.
    env: { ...process.env, NO_COLOR: '1', PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (isLoud) process.stderr.write(chunk);
    });
  }
  const code = await once(child, 'close').then(
    ([exitCode]: unknown[]) => (typeof exitCode === 'number' ? exitCode : 1),
    (error: Error) => {
      output += error.message;
      return 127;
    },
  );
  return { code, output, seconds: (performance.now() - started) / 1000 };
}
