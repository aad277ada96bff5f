// Runs a command line under Node.js 24: the machine's own if it is new enough, otherwise the one that npm installed as
// an optional dependency. Plain JavaScript, because an old Node.js must be able to start it.
const { spawn } = require('node:child_process');
const path = require('node:path');

const [line, ...rest] = process.argv.slice(2);
if (!line) fail('Usage: node scripts/run.cjs "command line" [more words]');

const root = path.join(__dirname, '..');
const folders = [path.join(root, 'node_modules', '.bin')];
if (Number(process.versions.node.split('.')[0]) < 24) folders.unshift(folderOfBundledNode());

const env = { ...process.env };
// Windows may spell the variable “Path”; two spellings in one environment would hide each other.
const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH';
env[pathName] = [...folders, env[pathName]].join(path.delimiter);

// Node.js removes types by WebAssembly, anew in each process and thread that runs from source. Keeping the result saves
// half the start of a command, and V8 from running that in many threads at once, which has ended a process (SIGSEGV).
env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'node');

const child = spawn([line, ...rest.map(quote)].join(' '), { cwd: root, env, shell: true, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code === null ? 128 + (signal === 'SIGINT' ? 2 : 15) : code));

function folderOfBundledNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  try {
    return path.join(path.dirname(require.resolve(`node-${system}-${process.arch}/package.json`)), 'bin');
  } catch {
    fail(
      `Adapter Studio needs Node.js 24 or newer, and this is ${process.version}. Run “npm ci” first; if that was done, install Node.js 24 from nodejs.org.`,
    );
  }
}

function quote(word) {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
