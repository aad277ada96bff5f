import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { type EndState, JobStore } from './job-store.ts';
import { Supervisor, type Work } from './supervisor.ts';

type Event = { kind: 'step'; step: number } | { kind: 'finished'; state: EndState };

let folder: string;
let database: StudioDatabase;
let lock: ProcessLock;
let store: JobStore;
let supervisor: Supervisor<Event>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-jobs-'));
  database = openDatabase(':memory:');
  lock = new ProcessLock(folder);
  store = new JobStore(database, lock);
  supervisor = new Supervisor({ store, changed: () => {} });
});
afterEach(async () => {
  await supervisor.close();
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

/** Work that counts steps, and then waits for the abort if `endless`. */
function counting(steps: number, options: { endless?: boolean; fail?: Error } = {}): Work<Event> {
  return {
    async *run(signal) {
      for (let step = 1; step <= steps; step++) yield { kind: 'step', step };
      if (options.fail) throw options.fail;
      if (options.endless && !signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }
    },
    finished: (state) => ({ kind: 'finished', state }),
  };
}

function start(id: string, work: Work<Event>): void {
  store.enqueue({ id, kind: 'run', now: 1 });
  supervisor.start(id, work);
}

async function told(id: string, after?: number): Promise<Event[]> {
  const events: Event[] = [];
  for await (const { event } of supervisor.watch(id, { after })) events.push(event);
  return events;
}

test('work that may no longer go on fails, and none of its later events is kept', async () => {
  await supervisor.close();
  const gone = new StudioError('DATA_FOLDER_GONE', { folder: '/gone' });
  let steps = 0;
  const mayGoOn = () => {
    if (++steps > 2) throw gone;
  };
  supervisor = new Supervisor({ store, changed: () => {}, mayGoOn });
  start('a', counting(9));
  expect(await told('a')).toEqual([
    { kind: 'step', step: 1 },
    { kind: 'step', step: 2 },
    { kind: 'finished', state: 'failed' },
  ]);
});

// Regression: the status line lost the time left between two steps, and an evaluation its progress between two models.
test('the latest progress stays known while other events follow', async () => {
  await supervisor.close();
  const tellsHowFar = (event: Event) => event.kind === 'step' && event.step % 2 === 0;
  supervisor = new Supervisor({ store, changed: () => {}, tellsHowFar });
  start('a', counting(3, { endless: true }));
  for await (const { event } of supervisor.watch('a')) if (event.kind === 'step' && event.step === 3) break;
  expect(supervisor.latest).toEqual({ kind: 'step', step: 2 });
});

// Regression: the queue stood still, and the error was lost in an unhandled rejection.
test('an error that cannot be looked into ends its job, and the next one begins', async () => {
  await supervisor.close();
  const known = async () => {
    throw new Error('the database cannot be read');
  };
  supervisor = new Supervisor({ store, changed: () => {}, known });
  const gone = new StudioError('DATA_FOLDER_GONE', { folder: '/gone' });
  start('a', counting(1, { fail: gone }));
  start('b', counting(1));
  expect((await told('a')).at(-1)).toEqual({ kind: 'finished', state: 'failed' });
  const code = database.prepare('SELECT error_code FROM job WHERE id = ?').pluck().get('a');
  expect(code).toBe('DATA_FOLDER_GONE');
  expect((await told('b')).at(-1)).toEqual({ kind: 'finished', state: 'finished' });
});

test('work started while the studio closes waits for the next start', async () => {
  await supervisor.close();
  start('a', counting(1));
  expect(await told('a')).toEqual([]);
  expect(store.stateOf('a')).toBe('queued');
});

test('a watcher gets every event once and in order, during the work and after it', async () => {
  start('a', counting(3));
  const expected = [
    { kind: 'step', step: 1 },
    { kind: 'step', step: 2 },
    { kind: 'step', step: 3 },
    { kind: 'finished', state: 'finished' },
  ];
  expect(await told('a')).toEqual(expected);
  expect(await told('a')).toEqual(expected);
  expect(await told('a', 2)).toEqual(expected.slice(2));
});

test('work continues when its watcher leaves, and ends when it is stopped', async () => {
  start('a', counting(1, { endless: true }));
  for await (const _ of supervisor.watch('a')) break;
  expect(store.stateOf('a')).toBe('running');
  await supervisor.stop('a');
  expect(store.stateOf('a')).toBe('stopped');
  expect((await told('a')).at(-1)).toEqual({ kind: 'finished', state: 'stopped' });
});

test('aborting a watcher’s signal ends the watch', async () => {
  start('a', counting(1, { endless: true }));
  const leave = new AbortController();
  const events: Event[] = [];
  for await (const { event } of supervisor.watch('a', { signal: leave.signal })) {
    events.push(event);
    setImmediate(() => leave.abort());
  }
  expect(events).toEqual([{ kind: 'step', step: 1 }]);
});

test('a second job waits for the first, and can be stopped while it waits', async () => {
  start('a', counting(1, { endless: true }));
  start('b', counting(1));
  start('c', counting(1));
  expect(store.stateOf('b')).toBe('queued');
  await supervisor.stop('b');
  expect(await told('b')).toEqual([{ kind: 'finished', state: 'stopped' }]);
  await supervisor.stop('a');
  expect((await told('c')).at(-1)).toEqual({ kind: 'finished', state: 'finished' });
});

test('a stopped job is finished off beside the running one and ends as stopped, even on failure', async () => {
  start('a', counting(1, { endless: true }));
  const left = (fail?: Error) => {
    const { run, finished } = counting(1, fail && { fail });
    const ofOne = async function* (signal: AbortSignal) {
      for await (const event of run(signal)) yield { id: 'b', event };
    };
    const work = { run: ofOne, finished: (_: string, state: EndState) => finished(state) };
    return supervisor.endStopped(['b'], work, () => store.enqueue({ id: 'b', kind: 'run', now: 1 }));
  };
  const ending = left();
  expect([store.stateOf('a'), store.stateOf('b'), supervisor.current]).toEqual(['running', 'running', 'a']);
  // A stop waits for it.
  await supervisor.stop('b');
  expect(store.stateOf('b')).toBe('stopped');
  await ending;
  expect(await told('b')).toEqual([
    { kind: 'step', step: 1 },
    { kind: 'finished', state: 'stopped' },
  ]);
  await expect(left(new Error('the disk is gone'))).rejects.toThrow('the disk is gone');
  expect(store.stateOf('b')).toBe('stopped');
  expect(store.stateOf('a')).toBe('running');
});

test('a StudioError is stored with its message and data', async () => {
  start('a', counting(1, { fail: new StudioError('RUN_DIVERGED', { step: 4, rows: '1, 2' }) }));
  expect((await told('a')).at(-1)).toEqual({ kind: 'finished', state: 'failed' });
  expect(database.prepare('SELECT error_code, error_message, error_data FROM job').get()).toEqual({
    error_code: 'RUN_DIVERGED',
    error_message: 'The loss became infinite or undefined at step 4 (rows 1, 2).',
    error_data: '{"step":4,"rows":"1, 2"}',
  });
});

test('work whose engine stopped is interrupted, not failed', async () => {
  start('a', counting(1, { fail: new StudioError('ENGINE_STOPPED', { reason: 'out of memory' }) }));
  expect((await told('a')).at(-1)).toEqual({ kind: 'finished', state: 'interrupted' });
});

test('on a full disk watchers still get every event, and the end is stored once there is room', async () => {
  const full = Promise.withResolvers<void>();
  const big = { kind: 'step' as const, step: 2, ballast: 'x'.repeat(1_000_000) };
  start('a', {
    async *run() {
      yield { kind: 'step', step: 1 };
      await full.promise;
      yield big;
      throw new StudioError('DISK_FULL', { folder: '/data' });
    },
    finished: (state) => ({ kind: 'finished', state }),
  });
  const events: Event[] = [];
  const following = (async () => {
    for await (const { event } of supervisor.watch('a')) {
      events.push(event);
      if (event.kind !== 'step' || event.step > 1) continue;
      database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
      full.resolve();
    }
  })();
  await expect(following).rejects.toMatchObject({ code: 'SQLITE_FULL' });
  expect(events).toEqual([{ kind: 'step', step: 1 }, big]);
  expect(store.stateOf('a')).toBe('running');
  expect(supervisor.isActive('a')).toBe(true);

  database.pragma('max_page_count = 100000');
  await expect.poll(() => store.stateOf('a'), { timeout: 30_000 }).toBe('interrupted');
  expect(await told('a')).toEqual([...events, { kind: 'finished', state: 'interrupted' }]);
  expect(supervisor.isActive('a')).toBe(false);
});

test('a job that cannot begin on a full disk does not hold up the others', async () => {
  start('a', counting(1, { endless: true }));
  start('b', counting(1));
  const begin = store.begin.bind(store);
  store.begin = (id, now) => {
    if (id === 'b') throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    begin(id, now);
  };
  start('c', counting(1));
  vi.spyOn(console, 'error').mockImplementation(() => {});
  await supervisor.stop('a');
  expect((await told('c')).at(-1)).toEqual({ kind: 'finished', state: 'finished' });
  expect(store.stateOf('b')).toBe('failed');
});

test('closing interrupts the running job and leaves waiting ones queued', async () => {
  start('a', counting(1, { endless: true }));
  start('b', counting(1));
  await supervisor.close();
  expect([store.stateOf('a'), store.stateOf('b')]).toEqual(['interrupted', 'queued']);
});

test('jobs begun by a dead process are interrupted, those of a living one are not', () => {
  const other = new ProcessLock(folder);
  const theirs = new JobStore(database, other);
  theirs.enqueue({ id: 'theirs', kind: 'run', now: 1 });
  theirs.begin('theirs', 1);
  theirs.enqueue({ id: 'waiting', kind: 'run', now: 1 });
  expect(store.interruptOrphans(2)).toBe(0);
  expect(store.listLeft('run')).toEqual([]);
  other.release();
  expect(store.interruptOrphans(2)).toBe(1);
  expect(store.stateOf('theirs')).toBe('interrupted');
  expect(store.stateOf('waiting')).toBe('queued');
});

test('jobs left queued by a dead process can be adopted in their order, or stopped', async () => {
  const changed = vi.fn();
  supervisor = new Supervisor({ store, changed });
  const other = new ProcessLock(folder);
  const theirs = new JobStore(database, other);
  for (const id of ['first', 'second', 'third']) theirs.enqueue({ id, kind: 'run', now: 1 });
  other.release();
  expect(store.listLeft('run')).toEqual(['first', 'second', 'third']);
  await supervisor.stop('second');
  expect(store.stateOf('second')).toBe('stopped');
  // Regression: pages went on showing it as queued.
  expect(changed).toHaveBeenCalledOnce();
  const order: string[] = [];
  for (const id of ['third', 'first']) expect(store.adopt([id])).toBe(true);
  expect(store.listLeft('run')).toEqual([]);
  start('new', { ...counting(0, { endless: true }) });
  for (const id of ['third', 'first']) {
    const work = counting(1);
    supervisor.start(id, {
      ...work,
      run(signal) {
        order.push(id);
        return work.run(signal);
      },
    });
  }
  await supervisor.stop('new');
  await told('third');
  expect(order).toEqual(['first', 'third']);
});

// Regression: of two studios opened at once, both measured an evaluation that a third had left, and stored it twice.
test('a job left by a dead process is taken up by only one of two that saw it', async () => {
  const [dead, other] = [new ProcessLock(folder), new ProcessLock(folder)];
  new JobStore(database, dead).enqueue({ id: 'left', kind: 'evaluation', now: 1 });
  dead.release();
  const theirs = new JobStore(database, other);
  expect([store.listLeft('evaluation'), theirs.listLeft('evaluation')]).toEqual([['left'], ['left']]);
  expect(theirs.adopt(['left'])).toBe(true);
  supervisor.takeUp('left', counting(1));
  expect([supervisor.isActive('left'), store.isElsewhere('left')]).toEqual([false, true]);
  other.release();
});

test('a waiting job can be moved to another place in the queue', async () => {
  start('a', counting(1, { endless: true }));
  const order: string[] = [];
  for (const id of ['b', 'c', 'd']) {
    const work = counting(1);
    start(id, {
      ...work,
      run(signal) {
        order.push(id);
        return work.run(signal);
      },
    });
  }
  expect(store.move('d', 1)).toBe(true);
  expect(store.move('b', 99)).toBe(true);
  expect(store.move('a', 1)).toBe(false);
  await supervisor.stop('a');
  await told('b');
  expect(order).toEqual(['d', 'c', 'b']);
});

test('jobs that share their work have one queue place, may end one by one, and are stopped together', async () => {
  start('a', counting(1, { endless: true }));
  for (const id of ['b', 'c', 'd']) store.enqueue({ id, kind: 'run', now: 1, beside: id === 'b' ? undefined : 'b' });
  const order: string[] = [];
  supervisor.startTogether(['b', 'c', 'd'], {
    async *run(signal) {
      for (const id of ['b', 'c', 'd']) {
        order.push(id);
        yield { id, event: { kind: 'step', step: 1 } };
      }
      yield { id: 'b', end: 'finished' };
      yield { id: 'c', error: new StudioError('RUN_DIVERGED', { step: 4, rows: '1' }) };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    finished: (_, state) => ({ kind: 'finished', state }),
  });
  start('e', {
    ...counting(1),
    async *run(signal) {
      order.push('e');
      yield* counting(1).run(signal);
    },
  });
  expect(store.move('c', 2)).toBe(true);
  await supervisor.stop('a');
  const step = { kind: 'step', step: 1 };
  expect(await told('b')).toEqual([step, { kind: 'finished', state: 'finished' }]);
  expect(await told('c')).toEqual([step, { kind: 'finished', state: 'failed' }]);
  expect([supervisor.isActive('b'), supervisor.current]).toEqual([false, 'd']);
  await supervisor.stop('d');
  expect(await told('d')).toEqual([step, { kind: 'finished', state: 'stopped' }]);
  expect(['b', 'c', 'd'].map((id) => store.stateOf(id))).toEqual(['finished', 'failed', 'stopped']);
  // All three moved behind the one that came after them.
  expect(order).toEqual(['e', 'b', 'c', 'd']);
});

test('exclusive work is refused while another process does the same', () => {
  const other = new ProcessLock(folder);
  new JobStore(database, other).enqueue({ id: 'theirs', kind: 'run', now: 1 });
  expect(() => store.enqueue({ id: 'mine', kind: 'run', now: 2, aloneIn: '/data' })).toThrow(
    expect.objectContaining({ code: 'DATA_FOLDER_BUSY' }),
  );
  other.release();
  store.enqueue({ id: 'mine', kind: 'run', now: 2, aloneIn: '/data' });
  expect(store.stateOf('mine')).toBe('queued');
});

test('a job of another process can be watched until it ends there', async () => {
  const theirLock = new ProcessLock(folder);
  const theirStore = new JobStore(database, theirLock);
  const theirs = new Supervisor<Event>({ store: theirStore, changed: () => {} });
  theirStore.enqueue({ id: 'theirs', kind: 'run', now: 1 });
  theirs.start('theirs', counting(2, { endless: true }));
  const events: Event[] = [];
  for await (const { event } of supervisor.watch('theirs')) {
    events.push(event);
    if (events.length < 2) continue;
    if (events.length === 2) await expect(supervisor.stop('theirs')).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
    void theirs.stop('theirs');
  }
  expect(events).toEqual([
    { kind: 'step', step: 1 },
    { kind: 'step', step: 2 },
    { kind: 'finished', state: 'stopped' },
  ]);
  theirLock.release();
});

// Regression: it stayed running in every list until the studio was restarted.
test('watching a job of a killed process ends, and the job is interrupted', async () => {
  const changed = vi.fn();
  supervisor = new Supervisor({ store, changed });
  const theirLock = new ProcessLock(folder);
  const theirStore = new JobStore(database, theirLock);
  theirStore.enqueue({ id: 'theirs', kind: 'run', now: 1 });
  theirStore.begin('theirs', 1);
  theirStore.insertEvents('theirs', [{ sequence: 1, event: { kind: 'step', step: 1 } }]);
  const events: Event[] = [];
  for await (const { event } of supervisor.watch('theirs')) {
    events.push(event);
    theirLock.release();
  }
  expect(events).toEqual([{ kind: 'step', step: 1 }]);
  expect(store.stateOf('theirs')).toBe('interrupted');
  expect(changed).toHaveBeenCalledOnce();
});

test('a job resumed from an earlier point forgets the events after it', async () => {
  start('a', counting(5));
  await told('a');
  store.enqueue({ id: 'a', kind: 'run', now: 2 });
  supervisor.start('a', {
    async *run() {
      supervisor.rewind('a', (event) => event.kind !== 'step' || event.step > 2);
      yield { kind: 'step', step: 30 };
    },
    finished: (state) => ({ kind: 'finished', state }),
  });
  expect((await told('a')).map((event) => (event.kind === 'step' ? event.step : event.state))).toEqual([
    1,
    2,
    30,
    'finished',
  ]);
});

// Regression: the end event of a resumed run was deleted and its number reused, so a page that had seen the end missed
// the next event.
test('a watcher that saw a job end misses no event once the job is resumed', async () => {
  start('a', counting(2));
  let last = 0;
  for await (const { sequence } of supervisor.watch('a')) last = sequence;
  const goingOn: Work<Event> = {
    async *run() {
      yield { kind: 'step', step: 3 };
    },
    finished: (state) => ({ kind: 'finished', state }),
  };
  supervisor.resume('a', goingOn, () => store.enqueue({ id: 'a', kind: 'run', now: 2 }));
  expect(await told('a', last)).toEqual([
    { kind: 'step', step: 3 },
    { kind: 'finished', state: 'finished' },
  ]);
});

test.each(['resumed', 'ended'] as const)(
  'stopped jobs of which one cannot be %s all stay as they were',
  async (how) => {
    const ids = ['a', 'b'];
    for (const id of ids) start(id, counting(1, { endless: true }));
    for (const id of ids) await supervisor.stop(id);
    const kept = () => ids.map((id) => [store.stateOf(id), store.lastSequence(id), store.listEvents(id, 0, 9)]);
    const before = kept();
    const enqueue = () => {
      for (const id of ids) store.enqueue({ id, kind: 'run', now: 2, ...(id === 'b' && { aloneIn: '/data' }) });
    };
    const other = new ProcessLock(folder);
    new JobStore(database, other).enqueue({ id: 'theirs', kind: 'run', now: 1 });
    const work = { async *run() {}, finished: (_: string, state: EndState) => ({ kind: 'finished' as const, state }) };
    const again = async () =>
      how === 'resumed'
        ? supervisor.resumeTogether(ids, work, enqueue)
        : await supervisor.endStopped(ids, work, enqueue);
    await expect(again()).rejects.toMatchObject({ code: 'DATA_FOLDER_BUSY' });
    expect(kept()).toEqual(before);
    expect(ids.map((id) => supervisor.isActive(id))).toEqual([false, false]);
    other.release();
  },
);
