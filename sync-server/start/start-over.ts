/**
 * Starts this program over in its own place: same process id, arguments and streams, other flags of Node and other environment. Does
 * nothing where the program speaks to its parent over a channel, which would be lost, and where the system cannot do it (Windows).
 */
export function startOver(flags: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  if (process.channel || process.platform === 'win32') return;
  process.execve?.(process.execPath, [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)], {
    // oxlint-disable-next-line node/no-process-env -- the same environment, not a setting that is read
    ...process.env,
    ...env,
  });
}
