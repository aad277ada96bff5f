import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** The command line as built: it starts three times as fast as its source. */
const built = { COMMAND_LINE: 'out/main/cli.js' };

const unit = {
  // Most of these files keep one core busy, and vitest would leave one to itself.
  maxWorkers: '100%',
  // Generous, for a machine that trains a model at the same time.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
} as const;

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        // State classes are `.svelte.ts` files: their runes need the compiler even where no component is drawn.
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'page',
          include: ['src-{contract,renderer}/**/*.test.ts'],
          // A context for each file in a process for many takes a third of the processor's time of a process for each.
          // Tests of the main process, whose native modules know one context only, cannot have it.
          pool: 'vmForks',
          ...unit,
        },
      },
      {
        test: {
          name: 'unit',
          include: [
            'src-main/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/{numerics,pipeline,contract,architecture}/**/*.test.ts',
          ],
          pool: 'forks',
          // `npm test` has just built; `npm run check` has not.
          env: process.env.npm_lifecycle_event === 'test' ? built : {},
          ...unit,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/browser/unpack-chromium.ts'],
          pool: 'forks',
          // A studio with its browser keeps half of two cores busy.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          env: built,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
