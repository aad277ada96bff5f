import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './command-line.ts';

// The packaged program without Electron's own part: the files that electron-builder.yml lets in, laid out as in the package,
// and run by Node.js from there. Electron's program itself cannot be had everywhere.

const root = path.join(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'out/main/cli.js'));
/** Decided in docs/decisions: what the studio adds to Electron's own 250 MB. */
const budgetBytes = 110e6;

test.skipIf(!isBuilt)(
  'the unpacked layout holds the platform’s own native files only, keeps to its size, and runs',
  {
    timeout: 120_000,
  },
  () => {
    const app = path.join(temporaryFolder(), 'app');
    const files = packagedFiles();
    const native = files.filter((file) => /\.(node|so|dylib|dll)(\.|$)/.test(file));
    const here = new RegExp(`${process.platform}.?${process.arch}`);
    expect(native.filter((file) => !here.test(file))).toEqual([]);
    expect(native.some((file) => file.includes('better-sqlite3'))).toBe(true);
    expect(native.some((file) => file.includes('onnxruntime'))).toBe(true);
    for (const file of files) {
      mkdirSync(path.dirname(path.join(app, file)), { recursive: true });
      cpSync(path.join(root, file), path.join(app, file));
    }
    cpSync(path.join(root, 'resources'), path.join(app, 'resources'), { recursive: true });
    const bytes = [...files, ...all('resources')].reduce((sum, file) => sum + statSync(path.join(root, file)).size, 0);
    console.log(`The studio adds ${Math.round(bytes / 1e6)} MB in ${files.length} files to Electron.`);
    expect(bytes).toBeLessThan(budgetBytes);

    const words = ['generate', '--base', 'starter', '--prompt', 'Passage: x', '--max-tokens', '3', '--json'];
    const run = spawnSync(process.execPath, ['out/main/cli.js', ...words, '--home', path.join(app, '../home')], {
      ...{ cwd: app, encoding: 'utf8' },
      env: { PATH: '' },
    });
    expect(run.stderr.replace(/^Writing .*\n/gm, '')).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ tokens: 3 });
  },
);

test('there is an icon in the size that the icons of all platforms are made from, and one for the tab of the page', () => {
  const yml = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');
  const folder = /^ {2}buildResources: (.+)$/m.exec(yml)?.[1] ?? '';
  const png = readFileSync(path.join(root, folder, 'icon.png'));
  // The first chunk of a PNG holds its width and height; electron-builder wants 512 at least, macOS shows 1024.
  expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 1024, 1024]);
  const page = readFileSync(path.join(root, 'src-renderer/index.html'), 'utf8');
  const icon = /rel="icon".* href="(.+?)"/.exec(page)?.[1] ?? '';
  expect(existsSync(path.join(root, 'src-renderer', icon))).toBe(true);
});

/** As electron-builder reads its list: files that a pattern lets in, the dependencies of the package, less what `!` takes out. */
function packagedFiles(): string[] {
  const yml = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');
  const list = /^files:\n((?: {2}.*\n)+)/m.exec(yml)?.[1] ?? '';
  const patterns = [...list.matchAll(/^ {2}- "?([^"\n]+)"?$/gm)]
    .map(([, pattern = '']) => pattern.replace(/\$\{platform\}/g, process.platform))
    .map((pattern) => pattern.replace(/\$\{arch\}/g, process.arch));
  const out = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  expect(out.length).toBeGreaterThan(4);
  const candidates = [
    ...all('out'),
    'package.json',
    'LICENSE',
    ...productionModules().flatMap((module) => all(module)),
  ];
  return candidates.filter((file) => !out.some((pattern) => path.matchesGlob(file, pattern)));
}

function productionModules(): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      const module = `node_modules/${name}`;
      if (found.has(module)) continue;
      found.add(module);
      visit(module);
    }
  };
  visit('.');
  return [...found];
}

function all(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
