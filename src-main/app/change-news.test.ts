import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessLock } from '../database/process-lock.ts';
import { ChangeNews } from './change-news.ts';

let folder: string;
let open: { close(): void }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'news-'));
  mkdirSync(join(folder, 'locks'));
  open = [];
});

afterEach(() => {
  for (const each of open) each.close();
  rmSync(folder, { recursive: true });
});

/** News as another process of the data folder has it, with what it received. */
function opened(): { news: ChangeNews; told: string[] } {
  const lock = new ProcessLock(join(folder, 'locks'));
  const told: string[] = [];
  const news = new ChangeNews(join(folder, 'news'), lock, (noun) => told.push(noun));
  open.push({
    close() {
      news.close();
      lock.release();
    },
  });
  return { news, told };
}

test('changes are passed on to other processes, except those of the status', async () => {
  const [one, other] = [opened(), opened()];
  one.news.tell('dataset');
  one.news.tell('status');
  await expect.poll(() => other.told).toEqual(['dataset']);
  other.news.tell('conversation');
  await expect.poll(() => one.told).toEqual(['dataset', 'status', 'conversation']);
  await setTimeout(300);
  expect([one.told, other.told]).toEqual([
    ['dataset', 'status', 'conversation'],
    ['dataset', 'conversation'],
  ]);
});

test('many changes at once are reported as one', async () => {
  const [one, other] = [opened(), opened()];
  for (let index = 0; index < 50; index++) one.news.tell('run');
  await expect.poll(() => other.told).toEqual(['run']);
  // A second one would come by then.
  await setTimeout(400);
  expect(other.told).toEqual(['run']);
});

test('files of a dead process are removed', () => {
  mkdirSync(join(folder, 'news'));
  writeFileSync(join(folder, 'news', '00000000000000000g0n.dataset'), '');
  const { news } = opened();
  news.tell('lab');
  expect(readdirSync(join(folder, 'news')).map((name) => name.split('.').pop())).toEqual(['lab']);
});

// Regression: a stop that outlasted the studio wrote its file again, and notified pages that were gone.
test('changes after closing notify nobody and leave no file', () => {
  const { news, told } = opened();
  news.close();
  news.tell('run');
  expect([told, readdirSync(join(folder, 'news'))]).toEqual([[], []]);
});

// Regression: closing a studio whose disk had become read-only ended in an error.
test('a file that cannot be removed does not keep it from closing', () => {
  const { news } = opened();
  news.tell('run');
  const [file = ''] = readdirSync(join(folder, 'news'));
  rmSync(join(folder, 'news', file));
  mkdirSync(join(folder, 'news', file));
  news.close();
  expect(readdirSync(join(folder, 'news'))).toEqual([file]);
});
