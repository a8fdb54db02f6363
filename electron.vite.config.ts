import path from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;

/** `out/main`, `out/preload` (desktop) and `out/renderer` (desktop and web edition, the same bytes). */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: path.join(here, 'electron/main/index.ts'),
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload is one CommonJS file with everything inside.
      externalizeDeps: false,
      rollupOptions: {
        input: path.join(here, 'electron/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path.join(here, 'renderer'),
    plugins: [react(), tailwindcss()],
    build: {
      // electron-vite leaves it off; the web edition sends these bytes over school networks.
      minify: true,
      // An inlined file would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1500,
      rollupOptions: { input: path.join(here, 'renderer/index.html') },
    },
  },
});
