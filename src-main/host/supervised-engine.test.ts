import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type Because, because, inEnglish } from '../../src-contract/failure-reason.ts';
import { type Engine, type EngineProcess, superviseEngine } from './supervised-engine.ts';

/** A process that can be made to die; its engine answers with its own number. */
function fakeProcess(number: number) {
  const { promise: ended, resolve: die } = Promise.withResolvers<Because>();
  const engine = {
    device: async () => ({ backend: `engine ${number}` }),
    inspect: () => new Promise(() => {}),
    memory: async () => ({ rss: number }),
    async *train() {
      while (true) yield { kind: 'step' };
    },
    async *generate() {
      yield { kind: 'token', id: number };
      await new Promise(() => {});
    },
  } as unknown as Engine;
  return { started: { engine, ended, stop: async () => die(inEnglish('stopped')) } satisfies EngineProcess, die };
}

function supervised() {
  const processes: ReturnType<typeof fakeProcess>[] = [];
  const { engine, stop } = superviseEngine(() => {
    const one = fakeProcess(processes.length + 1);
    processes.push(one);
    return one.started;
  });
  return { engine, stop, processes };
}

test('calls go to the running engine', async () => {
  const { engine, processes } = supervised();
  expect(await engine.device()).toEqual({ backend: 'engine 1' });
  expect(processes).toHaveLength(1);
});

test('a call pending when the engine dies fails with the reason, and the next starts a new engine', async () => {
  const { engine, processes } = supervised();
  const waiting = engine.inspect('folder');
  processes[0]?.die(because('ENGINE_ENDED', { status: 139 }));
  await expect(waiting).rejects.toMatchObject({
    code: 'ENGINE_STOPPED',
    data: because('ENGINE_ENDED', { status: 139 }),
  });
  expect(await engine.device()).toEqual({ backend: 'engine 2' });
});

test('a stream fails when the engine dies, after yielding what had arrived', async () => {
  const { engine, processes } = supervised();
  const seen: unknown[] = [];
  const following = (async () => {
    for await (const event of engine.generate({} as never, new AbortController().signal)) {
      seen.push(event);
      processes[0]?.die(inEnglish('killed'));
    }
  })();
  await expect(following).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(seen).toEqual([{ kind: 'token', id: 1 }]);
});

test('leaving a stream early does not wait for the engine', async () => {
  const { engine } = supervised();
  for await (const event of engine.generate({} as never, new AbortController().signal)) {
    expect(event).toEqual({ kind: 'token', id: 1 });
    break;
  }
});

// Regression: a call that outlasted the closing studio, such as an answer, started an engine that nothing ended.
test('a call after the stop fails and starts no other engine', async () => {
  const { engine, stop, processes } = supervised();
  await stop();
  await expect(engine.inspect('folder')).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  expect(processes).toHaveLength(1);
});

test('an engine can be awaited like any value', async () => {
  const { engine } = supervised();
  expect(await Promise.resolve(engine)).toBe(engine);
});

// Regression: every answer and every event stayed in memory for as long as the engine lived.
test('answers and events of the engine are not retained once delivered', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { engine } = supervised();
  const told: WeakRef<object>[] = [];
  const steps = engine.train({} as never, new AbortController().signal)[Symbol.asyncIterator]();
  for (let n = 0; n < 100; n++) {
    told.push(new WeakRef(await engine.memory()));
    told.push(new WeakRef((await steps.next()).value));
  }
  // A WeakRef's target that was dereferenced lives until the end of the turn.
  await setImmediate();
  collect();
  expect(told.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
});
