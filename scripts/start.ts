// `npm start`: opens the studio, in a window if Electron and a screen are available, otherwise in the browser. Builds
// it first if there is no build, or a source is newer than it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const words = process.argv.slice(2);

if (isBuildStale()) {
  process.stderr.write('Building Adapter Studio…\n');
  const bin = path.join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const built = spawnSync(process.execPath, [bin, 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

const electron = electronBinary();
const hasScreen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (electron && hasScreen) {
  run(electron, [root, ...words]);
} else {
  const reason = electron
    ? 'There is no screen here'
    : 'Electron is not installed (npm run electron:install fetches it)';
  process.stderr.write(`${reason}; opening the studio for a browser instead.\n`);
  run(process.execPath, [path.join(root, 'out/main/web.js'), ...words]);
}

function run(program: string, args: readonly string[]): void {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
  // The terminal sends Ctrl-C to the child as well; this process only waits for it to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

function isBuildStale(): boolean {
  const stamp = path.join(root, 'out/renderer/index.html');
  if (!existsSync(stamp) || !existsSync(path.join(root, 'out/main/web.js'))) return true;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = globSync(['src-*/**/*.{ts,cts,svelte,css,html}', 'package-lock.json', 'electron.vite.config.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts'],
  });
  return sources.some((file) => statSync(path.join(root, file)).mtimeMs > builtMs);
}

/** `require('electron')` would try to download; the file that names the program exists only after a download. */
function electronBinary(): string | undefined {
  const folder = path.join(root, 'node_modules/electron');
  const name = path.join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');
  const program = path.join(dist, existsSync(name) ? readFileSync(name, 'utf8').trim() : 'electron');
  return existsSync(program) ? program : undefined;
}
