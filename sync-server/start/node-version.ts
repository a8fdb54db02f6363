/** The sources run unbuilt, which older versions cannot. Called before anything else is loaded. */
export function requireNode24(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= 24) return;
  process.stderr.write(
    `This program needs Node 24 or newer, and this is Node ${version}. "npm start" brings the right one with it; otherwise call node_modules/.bin/node.\n`,
  );
  process.exit(1);
}
