import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const script = path.join(import.meta.dirname, 'run.cjs');

test('a command line runs under Node.js 24 or newer', () => {
  expect(Number(/^v(\d+)/.exec(run(script, 'node --version').stdout)?.[1])).toBeGreaterThanOrEqual(24);
});

test('its exit status is passed on', () => {
  expect(run(script, 'exit 7').status).toBe(7);
});

test.skipIf(process.platform === 'win32')('further words arrive as they are', () => {
  expect(run(script, "printf '%s|'", 'two words', "it's", '$HOME').stdout).toBe("two words|it's|$HOME|");
});

test('without a Node.js that fits, one sentence says what to do', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-run-'));
  await mkdir(path.join(folder, 'scripts'));
  const lonely = path.join(folder, 'scripts/run.cjs');
  await copyFile(script, lonely);
  const asOldNode = `Object.defineProperty(process.versions,'node',{value:'20.20.2'});process.argv.splice(1,0,${JSON.stringify(lonely)});require(${JSON.stringify(lonely)})`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', asOldNode, 'node --version'], { encoding: 'utf8' });
  await rm(folder, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Adapter Studio needs Node\.js 24 or newer, and this is v[\d.]+\. .+\n$/);
});

// Regression: the hints, the settings and the documents name commands of `adapter-studio`, and no program had that name.
test('the command line is a program that `npm link` finds, and takes paths from where it is called', async () => {
  const { bin } = JSON.parse(await readFile(path.join(import.meta.dirname, '../package.json'), 'utf8'));
  const program = path.join(import.meta.dirname, '..', bin['adapter-studio']);
  const folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-run-'));
  await writeFile(path.join(folder, 'two words.csv'), 'a,b\n1,2\n');
  const words = [program, 'inspect', 'two words.csv', '--json', '--home', 'home'];
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  await rm(folder, { recursive: true });
  expect(JSON.parse(stdout)).toMatchObject({ columns: [{ name: 'a' }, { name: 'b' }] });
  expect(status).toBe(0);
});

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}
