import path from 'node:path';
import { build } from 'vite';

/** Bundles the measuring page with the product's own data code, as the product is bundled. */
export async function buildPage(outDir: string): Promise<void> {
  const root = path.join(import.meta.dirname, 'page');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, minify: true, target: 'esnext', chunkSizeWarningLimit: 1500 },
  });
}
