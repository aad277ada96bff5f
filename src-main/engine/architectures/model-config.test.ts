import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelConfig, readModelConfig } from './model-config.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-config-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a count is a whole number from 1 to its limit', () => {
  for (const value of [0, -1, 1.5, '3', null, Number.NaN, 101, 1e300, [3]]) {
    expect(() => config({ n: value }).count('n', 100)).toThrow('“n” is not a whole number from 1 to 100');
  }
  expect(config({ n: 100 }).count('n', 100)).toBe(100);
});

test('a missing count takes its default, or is refused if it has none', () => {
  expect(config({}).count('n', 100, 7)).toBe(7);
  expect(config({ n: null }).count('n', 100, 7)).toBe(7);
  expect(() => config({}).count('n', 100)).toThrow('“n”');
});

test('eos_token_id is one id or a list, each within the vocabulary', () => {
  expect(config({ eos_token_id: 2 }).ids('eos_token_id', 10)).toEqual([2]);
  expect(config({ eos_token_id: [2, 9] }).ids('eos_token_id', 10)).toEqual([2, 9]);
  expect(config({ eos_token_id: null }).ids('eos_token_id', 10)).toEqual([]);
  for (const value of [10, -1, 1.5, '2', [2, 10]]) {
    expect(() => config({ eos_token_id: value }).ids('eos_token_id', 10)).toThrow('“eos_token_id”');
  }
});

test('a positive number is finite and neither 0 nor text', () => {
  for (const value of [0, -1, '1', true]) expect(() => config({ x: value }).positive('x', 1)).toThrow('“x”');
  expect(() => new ModelConfig(JSON.parse('{"x":1e999}'), 'config.json').positive('x', 1)).toThrow('“x”');
  expect(config({}).positive('x', 0.5)).toBe(0.5);
});

test.each([
  ['', 'not valid JSON'],
  ['{"a":1', 'not valid JSON'],
  ['[]', 'not a JSON object'],
  ['null', 'not a JSON object'],
  ['7', 'not a JSON object'],
])('a config.json of %j is refused', async (text, reason) => {
  await writeFile(join(folder, 'config.json'), text);
  await expect(readModelConfig(folder)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'config.json', reason: expect.stringContaining(reason) },
  });
});

test('a missing config.json is reported with its path', async () => {
  const missing = join(folder, 'nowhere');
  await expect(readModelConfig(missing)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    data: { file: join(missing, 'config.json') },
  });
});

function config(values: Record<string, unknown>): ModelConfig {
  return new ModelConfig(values, 'config.json');
}
