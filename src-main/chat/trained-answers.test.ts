import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Example } from '../../src-contract/dataset.ts';
import { ModelText } from '../base-models/model-text.ts';
import { TrainedAnswers } from './trained-answers.ts';

const text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
const adapter = { id: 'a', datasetId: 'd' };

function row(target: string, split: Example['split'] = 'train'): Example {
  return { target, split } as Example;
}

test('short answers of training rows alone are taken, and read once', async () => {
  const rows = [row('one'), row('two', 'test'), row('a'.repeat(501)), row('three'), row('four', 'validation')];
  const examples = vi.fn(() => rows.values());
  const trained = new TrainedAnswers({ examples: examples as never });
  const expected = ['one', 'three'].map((target) => text.targetIds(target));
  expect(await trained.of(adapter, text)).toEqual(expected);
  expect(await trained.of(adapter, text)).toEqual(expected);
  expect(examples).toHaveBeenCalledTimes(1);
  expect(examples).toHaveBeenCalledWith('d');
});

test('of a large dataset few rows are read', async () => {
  let read = 0;
  function* examples(): Generator<Example> {
    for (;;) yield row(`answer ${read++}`);
  }
  expect(await new TrainedAnswers({ examples: examples as never }).of(adapter, text)).toHaveLength(50);
  expect(read).toBeLessThan(60);
});

// Regression: there were none until the studio was started again.
test('answers that could not be read once are read with the next question', async () => {
  const examples = vi.fn(() => [row('one')].values());
  examples.mockImplementationOnce(() => {
    throw new Error('in use');
  });
  const trained = new TrainedAnswers({ examples: examples as never });
  expect(await trained.of(adapter, text)).toEqual([]);
  expect(await trained.of(adapter, text)).toEqual([text.targetIds('one')]);
});

test('without an adapter, or without its dataset, there are none', async () => {
  const examples = () => {
    throw new Error('deleted');
  };
  const trained = new TrainedAnswers({ examples });
  expect(await trained.of(null, text)).toEqual([]);
  expect(await trained.of({ id: 'b', datasetId: null }, text)).toEqual([]);
  expect(await trained.of(adapter, text)).toEqual([]);
});
