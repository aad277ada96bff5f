import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './command-line.ts';

// The package as electron-builder itself makes it, but for Electron's own part, which cannot be had everywhere and for which
// a few empty files stand in. What the studio adds to them is looked at and run by Node.js.

const root = path.join(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'out/main/cli.js'));
/** Decided in docs/decisions: what the studio adds to Electron's own 250 MB. */
const budgetBytes = 110e6;

// A pattern of `files` that leaves out a folder's name and not what lies in it let a whole Node.js into the package.
test.skipIf(!isBuilt || process.platform !== 'linux')(
  'electron-builder packs the platform’s own native files only, keeps to the size, sets the fuses, and the layout runs',
  { timeout: 400_000 },
  () => {
    const folder = temporaryFolder();
    const [electronDist, output] = [path.join(folder, 'electron'), path.join(folder, 'dist')];
    writeElectronStandIn(electronDist);
    // Without an archive around it, so that Node.js can run it.
    const settings = { electronDist, 'directories.output': output, asar: 'false' };
    const packed = spawnSync(
      process.execPath,
      [
        path.join(root, 'node_modules/electron-builder/cli.js'),
        ...['--linux', 'dir', `--${process.arch}`, '--publish', 'never'],
        ...Object.entries(settings).map(([name, value]) => `-c.${name}=${value}`),
      ],
      { cwd: root, encoding: 'utf8' },
    );
    expect(packed.status, `${packed.stdout}${packed.stderr}`).toBe(0);
    const [unpacked = ''] = readdirSync(output).filter((name) => name.endsWith('-unpacked'));
    expect(fusesOf(path.join(output, unpacked, 'adapter-studio'))).toBe('010011000');

    const resources = path.join(output, unpacked, 'resources');
    const files = filesIn(resources);
    const bytes = files.reduce((sum, file) => sum + statSync(path.join(resources, file)).size, 0);
    console.log(`The studio adds ${Math.round(bytes / 1e6)} MB in ${files.length} files to Electron.`);
    expect(bytes).toBeLessThan(budgetBytes);
    const native = files.filter((file) => isProgram(path.join(resources, file)));
    const here = `linux.?${process.arch}`;
    expect(native.sort()).toEqual([
      expect.stringMatching(`better-sqlite3/prebuilds/${here}.node$`),
      expect.stringMatching(`onnxruntime-node/bin/napi-v6/${here}/libonnxruntime.so`),
      expect.stringMatching(`onnxruntime-node/bin/napi-v6/${here}/onnxruntime_binding.node$`),
    ]);

    // The command line looks for them where they lie in a checkout.
    symlinkSync('../resources', path.join(resources, 'app/resources'));
    const words = ['generate', '--base', 'starter', '--prompt', 'Passage: x', '--max-tokens', '3', '--json'];
    const run = spawnSync(process.execPath, ['out/main/cli.js', ...words, '--home', path.join(folder, 'home')], {
      ...{ cwd: path.join(resources, 'app'), encoding: 'utf8' },
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

/** What electron-builder looks for in Electron's folder; of the program only the place where its fuses are set. */
function writeElectronStandIn(folder: string): void {
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8'));
  writeFileSync(path.join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(path.join(folder, name), '');
  // As Electron ships them: nine of the first kind.
  const fuses = Buffer.from([1, 9, ...Buffer.from('101101110')]);
  writeFileSync(path.join(folder, 'electron'), Buffer.concat([Buffer.from(fuseMark), fuses]), { mode: 0o755 });
}

/** By which @electron/fuses finds the place in the program. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/**
 * Of each fuse whether it is set, in Electron's order: run as Node, encrypted cookies, NODE_OPTIONS, inspection, integrity of
 * the archive, nothing but the archive, a snapshot of the browser's own, privileges of files; the last is left as it was.
 */
function fusesOf(program: string): string {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(fuseMark) + fuseMark.length;
  return bytes.toString('latin1', at + 2, at + 2 + (bytes[at + 1] ?? 0));
}

/** By its first bytes: a program or library of Linux, Windows or macOS. */
function isProgram(file: string): boolean {
  const start = readFileSync(file).subarray(0, 4).toString('latin1');
  return ['\x7fELF', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'].includes(start) || start.startsWith('MZ');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
