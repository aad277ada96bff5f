import { join } from 'node:path';
import { build } from 'vite';

/** Builds `import-child.ts` and the threads it starts like the product, and returns the program's path. */
export async function buildImportChild(): Promise<string> {
  const root = join(import.meta.dirname, '../..');
  const outDir = join(root, 'out', 'bench');
  await build({
    ...{ root, configFile: false, logLevel: 'error' },
    build: {
      ...{ ssr: true, outDir, emptyOutDir: true, target: 'node22', minify: false },
      rollupOptions: {
        input: {
          'import-child': join(root, 'bench/parts/import-child.ts'),
          'import-thread': join(root, 'src-main/datasets/importing/import-thread.ts'),
          'rows-writer-thread': join(root, 'src-main/datasets/importing/rows-writer-thread.ts'),
        },
        external: ['better-sqlite3'],
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
    ssr: { noExternal: true, external: ['better-sqlite3'] },
  });
  return join(outDir, 'import-child.js');
}
