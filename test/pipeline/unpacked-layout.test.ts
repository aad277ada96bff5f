import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './command-line.ts';

// The package as electron-builder itself makes it, except for Electron's own part, which is not available everywhere
// and is replaced by a few empty files. What the studio adds is inspected and run by Node.js.

const root = path.join(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'out/main/cli.js'));
/** Decided in docs/decisions: what the studio adds to Electron's own 250 MB. */
const budgetBytes = 110e6;

const { arch } = process;
const platforms = {
  linux: {
    program: 'adapter-studio',
    native: ['better-sqlite3/prebuilds/linux-ARCH.node', 'LIB/libonnxruntime.so.1', 'LIB/onnxruntime_binding.node'],
    library: `linux/${arch}`,
  },
  win: {
    program: 'Adapter Studio.exe',
    native: [
      ...['better-sqlite3/prebuilds/win32-ARCH.node', 'LIB/DirectML.dll', 'LIB/dxcompiler.dll', 'LIB/dxil.dll'],
      ...['LIB/onnxruntime.dll', 'LIB/onnxruntime_binding.node'],
    ],
    library: `win32/${arch}`,
  },
} as const;

// Regression: a `files` pattern that excludes a folder's name but not its content let a whole Node.js into the package,
// and one that names the build machine's platform let Linux's native files into a package for Windows.
test.skipIf(!isBuilt || process.platform !== 'linux').each(['linux', 'win'] as const)(
  'the package for %s has only its own native files, fits the size budget, has its fuses set and runs',
  { timeout: 400_000 },
  (platform) => {
    const { program, native, library } = platforms[platform];
    const folder = temporaryFolder();
    const unpacked = packed(platform, folder);
    expect(fusesOf(path.join(unpacked, program))).toBe('010011000');

    const resources = path.join(unpacked, 'resources');
    const files = filesIn(resources);
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(resources, file)).size, 0);
    console.log(`The studio adds ${Math.round(bytes / 1e6)} MB in ${files.length} files to Electron for ${platform}.`);
    expect(bytes).toBeLessThan(budgetBytes);
    const expected = native.map((file) => {
      const named = file.replace('ARCH', arch).replace('LIB', `onnxruntime-node/bin/napi-v6/${library}`);
      return `app/node_modules/${named}`;
    });
    expect(files.filter((file) => isProgram(path.join(resources, file))).sort()).toEqual(expected);
    // The licences of what is bundled, with their words.
    const licences = (part: string) => readFileSync(path.join(resources, `app/out/${part}/licences.md`), 'utf8');
    expect(licences('main')).toMatch(/^## zod - \S+ \(MIT\)\n\nMIT License/m);
    expect(licences('renderer')).toMatch(/^## svelte - \S+ \(MIT\)\n\nCopyright /m);
    for (const part of ['main', 'renderer']) {
      const wordless = [...licences(part).matchAll(/^## (.+ - .+)\n\n(?=## )/gm)].map(([, name]) => name);
      // The words of the Apache License are those of other packages.
      expect(wordless.filter((name) => !name?.includes('Apache-2.0'))).toEqual([]);
    }
    // Each font is of a package that is listed.
    const fonts = files.filter((file) => file.endsWith('.woff2')).map((file) => path.basename(file));
    const listed = (name: string) => licences('renderer').includes(`## ${name} - `);
    expect(fonts.filter((file) => !file.startsWith('PretendardV') && !file.startsWith('jetbrains-mono-'))).toEqual([]);
    expect(['pretendard', '@fontsource-variable/jetbrains-mono'].filter((name) => !listed(name))).toEqual([]);
    expect(licences('renderer').match(/^PREAMBLE$/gm)).toHaveLength(2);
    if (platform !== process.platform) return;
    // electron-builder leaves out what its packages need, e.g. onnxruntime-common.
    if (lstatSync(path.join(root, 'node_modules')).isSymbolicLink())
      return console.warn('Not run: node_modules is a link, and a package is made of the folder itself.');

    // The command line looks for them where they are in a checkout.
    symlinkSync('../resources', path.join(resources, 'app/resources'));
    const words = ['generate', '--base', 'starter', '--prompt', 'Passage: x', '--max-tokens', '3', '--json'];
    mkdirSync(path.join(folder, 'home'));
    const run = spawnSync(process.execPath, ['out/main/cli.js', ...words, '--home', path.join(folder, 'home')], {
      ...{ cwd: path.join(resources, 'app'), encoding: 'utf8' },
      env: { PATH: '' },
    });
    expect(run.stderr.replace(/^Writing .*\n/gm, '')).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ tokens: 3 });
  },
);

test('has an icon of the size needed for all platforms, and a favicon', () => {
  const yml = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8');
  const folder = /^ {2}buildResources: (.+)$/m.exec(yml)?.[1] ?? '';
  const png = readFileSync(path.join(root, folder, 'icon.png'));
  // The first chunk of a PNG holds its width and height; electron-builder needs at least 512, macOS shows 1024.
  expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 1024, 1024]);
  const page = readFileSync(path.join(root, 'src-renderer/index.html'), 'utf8');
  const icon = /rel="icon".* href="(.+?)"/.exec(page)?.[1] ?? '';
  expect(existsSync(path.join(root, 'src-renderer', icon))).toBe(true);
});

/** Packs into a folder, and returns the path of the package, without an asar archive so that Node.js can run it. */
function packed(platform: keyof typeof platforms, folder: string): string {
  const [electronDist, output] = [path.join(folder, 'electron'), path.join(folder, 'dist')];
  writeElectronStandIn(electronDist, platform === 'win' ? 'electron.exe' : 'electron');
  const settings = {
    ...{ electronDist, 'directories.output': output, asar: 'false' },
    // The stand-in is not a Windows program, and has no icon to replace.
    'win.signAndEditExecutable': 'false',
  };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/electron-builder/cli.js'),
      ...[`--${platform}`, 'dir', `--${arch}`, '--publish', 'never'],
      ...Object.entries(settings).map(([name, value]) => `-c.${name}=${value}`),
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);
  const [name = ''] = readdirSync(output).filter((each) => each.endsWith('-unpacked'));
  return path.join(output, name);
}

/** What electron-builder looks for in Electron's folder; of the program only the place where its fuses are set. */
function writeElectronStandIn(folder: string, program: string): void {
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8'));
  writeFileSync(path.join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(path.join(folder, name), '');
  // As Electron ships them: nine fuses, format version 1.
  const fuses = Buffer.from([1, 9, ...Buffer.from('101101110')]);
  writeFileSync(path.join(folder, program), Buffer.concat([Buffer.from(fuseMark), fuses]), { mode: 0o755 });
}

/** The marker by which @electron/fuses finds the fuses in the program. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/**
 * Whether each fuse is set, in Electron's order: run as Node, encrypted cookies, NODE_OPTIONS, inspection, archive
 * integrity, only the archive, browser-specific snapshot, file privileges; the last is left unchanged.
 */
function fusesOf(program: string): string {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(fuseMark) + fuseMark.length;
  return bytes.toString('latin1', at + 2, at + 2 + (bytes[at + 1] ?? 0));
}

/** By its magic bytes: a program or library of Linux, Windows or macOS. */
function isProgram(file: string): boolean {
  const start = readFileSync(file).subarray(0, 4).toString('latin1');
  return ['\x7fELF', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'].includes(start) || start.startsWith('MZ');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
