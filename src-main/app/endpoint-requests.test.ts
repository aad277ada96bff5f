import { expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { keptFailureOf } from '../../src-contract/kept-failure.ts';
import { EndpointRequests } from './endpoint-requests.ts';

const asked = { program: 'editor/1.0', path: '/v1/models', key: 'as-secret' };

function started() {
  let now = 1000;
  const changed = vi.fn();
  return { requests: new EndpointRequests({ now: () => now, changed }), changed, pass: (ms: number) => (now += ms) };
}

test('a request is told from its beginning to its outcome, the last one first', () => {
  const { requests, pass } = started();
  const tell = requests.begin({ ...asked, path: '/v1/chat/completions' });
  requests.begin(asked);
  pass(40);
  tell({ model: 'tiny:a' });
  tell({ promptTokens: 7, tokens: 3 });
  expect(requests.list()).toMatchObject([
    { id: 2, path: '/v1/models', model: null, durationMs: null, outcome: { kind: 'waiting' } },
    { id: 1, program: 'editor/1.0', model: 'tiny:a', promptTokens: 7, tokens: 3, durationMs: null },
  ]);
  pass(60);
  tell({ outcome: { kind: 'left' } });
  tell({ outcome: { kind: 'answered' } });
  expect(requests.list()[1]).toMatchObject({ at: 1000, durationMs: 100, outcome: { kind: 'left' } });
});

test('the key is kept nowhere, wherever a program has put it', () => {
  const { requests } = started();
  const tell = requests.begin({ ...asked, program: 'curl as-secret', path: '/as-secret' });
  const failure = keptFailureOf(new StudioError('ENDPOINT_MODEL_UNKNOWN', { model: 'as-secret' }));
  tell({ model: 'x as-secret', outcome: { kind: 'failed', status: 404, failure } });
  expect(JSON.stringify(requests.list())).not.toContain('secret');
  expect(requests.list()[0]).toMatchObject({ program: 'curl …', path: '/…', model: 'x …' });
});

test('only the last hundred are kept, and names are short and on one line', () => {
  const { requests } = started();
  const first = requests.begin(asked);
  for (let n = 0; n < 100; n++) requests.begin({ ...asked, program: `a\n\u202e${'x'.repeat(500)}` });
  first({ outcome: { kind: 'answered' } });
  const kept = requests.list();
  expect([kept.length, kept.at(-1)?.id]).toEqual([100, 2]);
  expect(kept[0]?.program).toBe(`a  ${'x'.repeat(197)}`);
});

test('many at once are told to pages as one change', () => {
  vi.useFakeTimers();
  const { requests, changed } = started();
  for (let n = 0; n < 50; n++) requests.begin(asked);
  vi.runAllTimers();
  expect(changed).toHaveBeenCalledTimes(1);
  requests.begin(asked);
  vi.runAllTimers();
  expect(changed).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
