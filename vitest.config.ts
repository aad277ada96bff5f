import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        // State classes are `.svelte.ts` files: their runes need the compiler even where no component is drawn.
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'unit',
          include: [
            'src-*/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/{numerics,pipeline,contract,architecture}/**/*.test.ts',
          ],
          pool: 'forks',
          // Generous, for a machine that trains a model at the same time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/browser/unpack-chromium.ts'],
          pool: 'forks',
          // One studio and one browser at a time: two cores are shared with the training that the tests start.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
