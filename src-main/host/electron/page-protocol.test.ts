import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPageFiles, type PageFile, PageNotBuilt } from '../page-files.ts';
import { answerPage } from './page-protocol.ts';

let folder: string;
let files: ReadonlyMap<string, PageFile>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-protocol-'));
  await writeFile(path.join(folder, 'index.html'), '<title>Studio</title>');
  files = await listPageFiles(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the page is served with its content type and a policy that allows only its own files', async () => {
  const response = await answerPage(new Request('app://studio/'), files);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('<title>Studio</title>');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test.each([
  'app://studio/missing.js',
  'app://studio/..%2findex.html',
  'app://elsewhere/index.html',
  'app://studio.example/index.html',
])('%s is not found', async (url) => {
  expect((await answerPage(new Request(url), files)).status).toBe(404);
});

// Regression: from a checkout that has not been built, `serve` ended with a stack.
test('a folder that is missing or has no page is told from a fault', async () => {
  await expect(listPageFiles(path.join(folder, 'missing'))).rejects.toThrow(PageNotBuilt);
  await writeFile(path.join(folder, 'other.js'), '');
  await rm(path.join(folder, 'index.html'));
  await expect(listPageFiles(folder)).rejects.toThrow('There is no index.html');
});

test('only GET is answered', async () => {
  expect((await answerPage(new Request('app://studio/', { method: 'POST' }), files)).status).toBe(405);
});
