import { fork } from 'node:child_process';
import path from 'node:path';
import type { ResultOf, TaskName, TaskOf } from './client.ts';

const program = path.join(import.meta.dirname, 'client.ts');

/** Has a fresh client process do the task. */
export function runClient<Name extends TaskName>(name: Name, task: TaskOf<Name>): Promise<ResultOf<Name>> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', ({ result, error }: { result?: ResultOf<Name>; error?: string }) => {
      if (result === undefined) reject(new Error(`the client failed in ${name}: ${error}`));
      else resolve(result);
    });
    child.once('exit', (code) => reject(new Error(`the client ended in ${name} with code ${code}`)));
    child.send({ name, task });
  });
}
