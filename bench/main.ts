import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

// `npm run bench -- NAME [options]` runs bench/NAME.ts; each describes what it measures and its options in its head
// comment, also shown with --help. Shared parts are in parts/.
const [name, ...options] = process.argv.slice(2);
const file = join(import.meta.dirname, `${name}.ts`);
if (name === undefined || !/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const names = (await readdir(import.meta.dirname)).filter((each) => each.endsWith('.ts') && each !== 'main.ts');
  console.error(`npm run bench -- NAME, one of: ${names.map((each) => each.slice(0, -3)).join(', ')}`);
  process.exit(2);
}
if (options.includes('--help')) {
  console.log(headOf(await readFile(file, 'utf8')));
  process.exit(0);
}
process.argv.splice(1, process.argv.length, file, ...options);
try {
  await import(file);
} catch (error) {
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) throw error;
  console.error(error.message);
  process.exit(2);
}

/** The description of a bench: its head comment. */
function headOf(source: string): string {
  const head = /^\/\*\*\n([\s\S]*?)\n \*\/$/m.exec(source)?.[1] ?? '';
  return head.replaceAll(/^ \* ?/gm, '');
}
