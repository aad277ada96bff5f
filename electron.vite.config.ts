import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'electron-vite';
import { furtherLicences, licences } from './scripts/licences.ts';

// Three targets: `main` holds every program that runs on Node.js (the shells, the engine), `preload` the few lines
// between Electron and the page, `renderer` the page. Only `dependencies` of package.json stay outside the bundles.
const checks = { bundlerTimings: false };

export default defineConfig({
  main: {
    plugins: [furtherLicences('main')],
    build: {
      license: licences,
      rollupOptions: {
        input: {
          electron: 'src-main/host/electron/main.ts',
          web: 'src-main/host/web/main.ts',
          cli: 'src-main/host/cli/main.ts',
          'engine-process': 'src-main/engine/engine-process.ts',
          'damage-thread': 'src-main/database/damage-thread.ts',
          'import-thread': 'src-main/datasets/importing/import-thread.ts',
          'machine-thread': 'src-main/engine/backends/wasm/machine-thread.ts',
          'rounding-thread': 'src-main/engine/weights/rounding-thread.ts',
          'text-thread': 'src-main/base-models/text-thread.ts',
          'sql-process': 'src-main/database/sql-process.ts',
          'pdf-thread': 'src-main/datasets/readers/pdf-thread.ts',
          'rows-thread': 'src-main/datasets/rows/rows-thread.ts',
          'rows-writer-thread': 'src-main/datasets/importing/rows-writer-thread.ts',
        },
        output: { format: 'es' },
        checks,
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: 'src-main/host/electron/preload.cts',
        output: { format: 'cjs', entryFileNames: 'preload.cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [svelte({ configFile: false }), tailwindcss(), furtherLicences('renderer')],
    worker: { format: 'es' },
    // Nothing is inlined: the page's policy allows fonts and scripts from files only.
    build: { license: licences, assetsInlineLimit: 0, rollupOptions: { input: 'src-renderer/index.html', checks } },
  },
});
