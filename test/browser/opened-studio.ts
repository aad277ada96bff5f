// What the tests of a file share: a studio in its own folder, a browser, and a watched page. The tests of a file build
// on one another: each continues where the previous one ended, so that after a failure the rest are skipped.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser } from './launch-browser.ts';
import { type RunningStudio, startStudio } from './start-studio.ts';
import { expectStarterWeights } from './starter-weights.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

export interface OpenedStudio {
  /** Removed after the tests. */
  readonly folder: string;
  /** The home directory that the studio sees, so that nothing depends on the machine. */
  readonly person: string;
  readonly home: string;
  readonly browser: Browser;
  readonly studio: RunningStudio;
  readonly watched: WatchedPage;
  readonly page: Page;
  /** Runs the built command line on the data folder; throws with its output if it fails. */
  command(...words: string[]): void;
  /**
   * Trains an adapter of the starter model, without answers on the way: they would take longer than a few steps. Without
   * `steps`, two small ones, after which it has learnt next to nothing.
   */
  train(dataset: string, name: string, steps?: number): void;
}

/**
 * Opens a studio for the tests of the calling file; `before` fills its data folder. After each test the page must not
 * have complained, and at the end the studio must close cleanly and have written no error.
 */
export function openStudioForTests({
  before,
  env: given,
  mayComplainOf,
  hasMortalEngine = false,
}: {
  readonly before?: (opened: Pick<OpenedStudio, 'command' | 'train' | 'folder' | 'person'>) => void;
  /** Additional environment variables of the studio. */
  readonly env?: NodeJS.ProcessEnv;
  /** Complaints of a page that loses its connection for a while, where that is being tested. */
  readonly mayComplainOf?: RegExp;
  /** The studio's engine dies when the studio gets SIGUSR2 (`mortal-engine.ts`). */
  readonly hasMortalEngine?: boolean;
} = {}): OpenedStudio {
  const folder = mkdtempSync(path.join(tmpdir(), 'adapter-studio-e2e-'));
  const [home, person] = [path.join(folder, 'studio'), path.join(folder, 'person')];
  let [browser, studio, watched]: [Browser?, RunningStudio?, WatchedPage?] = [];
  let isBlocked = false;

  function command(...words: string[]): void {
    const entry = path.join(import.meta.dirname, '../../out/main/cli.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...words, '--home', home, '--json'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${words.join(' ')}: ${stdout}${stderr}`);
  }

  function train(dataset: string, name: string, steps?: number): void {
    const about = ['--dataset', dataset, '--base', 'starter', '--name', name];
    const size = steps === undefined ? ['--max-steps', '2', '--batch', '2'] : ['--max-steps', `${steps}`];
    command('train', ...about, ...size, '--sample-rows', '0');
  }

  beforeAll(async () => {
    expectStarterWeights();
    mkdirSync(person);
    before?.({ command, train, folder, person });
    const env = {
      ...{ HOME: person, USERPROFILE: person, XDG_DATA_HOME: path.join(person, 'data') },
      ...given,
      ...(hasMortalEngine && { NODE_OPTIONS: `--import ${import.meta.resolve('./mortal-engine.ts')}` }),
    };
    [browser, studio] = await Promise.all([launchBrowser(), startStudio({ home, env })]);
    watched = await openWatchedPage(browser, studio.url);
  }, 400_000);

  beforeEach(({ skip, onTestFailed }) => {
    if (isBlocked) skip('an earlier part failed');
    onTestFailed(async () => {
      isBlocked = true;
      // biome-ignore lint/performance/useDomNodeTextContent: as a person reads it, with its lines.
      const text = await opened.page.locator('body').innerText();
      console.error(`The page at the time, ${opened.page.url()}:\n${text}\n${studio?.errors()}`);
    });
  });

  afterEach(() => {
    const complaints = watched?.complaints() ?? [];
    expect(complaints.filter((complaint) => mayComplainOf?.test(complaint) !== true)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    const status = await studio?.stop();
    rmSync(folder, { recursive: true, force: true });
    expect({ status, errors: studio?.errors() }).toEqual({ status: 0, errors: '' });
  });

  const opened: OpenedStudio = {
    ...{ folder, person, home, command, train },
    get browser() {
      return there(browser);
    },
    get studio() {
      return there(studio);
    },
    get watched() {
      return there(watched);
    },
    get page() {
      return there(watched).page;
    },
  };
  return opened;
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The studio of these tests is opened before the first of them.');
  return part;
}
