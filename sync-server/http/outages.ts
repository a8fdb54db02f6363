/** Postgres is away, starting or ending, out of connections, memory or room. */
const codes = /^(08|53|57P0[1-5])/;
const ofTheSystem = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** What the driver says of a connection that was cut under a transaction, or not had in time; it gives these no code. */
const words =
  /^(Client has encountered a connection error|Client was closed|Connection terminated|timeout exceeded when trying to connect)/;

/** The database cannot answer for a while, and whoever asked may simply try again. */
export function isOutage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code, severity, syscall } = error as { code?: string; severity?: string; syscall?: string };
  if (severity !== undefined) return codes.test(code ?? '');
  if (code === undefined) return words.test(error.message);
  // A socket in the file system that nobody has made yet.
  return syscall !== undefined && (ofTheSystem.has(code) || (code === 'ENOENT' && syscall === 'connect'));
}
