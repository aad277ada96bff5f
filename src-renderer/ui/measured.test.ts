import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { beingMeasured, couldBeChance, measured } from './measured.ts';

// Only the fields that are read; the casts are sound because nothing else is looked at.
const adapter = { id: 'a', datasetId: 'd' } as Adapter;
const evaluation = (
  id: string,
  own: number,
  { state = 'finished', rows = 36, version = 1, split = 'test', datasetId = 'd' } = {},
) =>
  ({
    ...{ id, state, split, datasetId, mainMetric: 'exactMatch', provenance: { dataset: { version } } },
    results: [
      { adapterId: null, n: rows, metrics: { exactMatch: 0.1 } },
      { adapterId: 'a', n: rows, metrics: { exactMatch: own } },
    ],
    comparisons: [
      { metric: 'loss', of: 1, against: 0 },
      { metric: 'exactMatch', of: 1, against: 0, better: 5, worse: 0, sure: false },
    ],
  }) as unknown as Evaluation;

test('reports base and adapter under the main metric', () => {
  expect(measured(adapter, [evaluation('e', 0.6)])).toEqual({
    ...{ evaluationId: 'e', metric: 'exactMatch', base: 0.1, adapter: 0.6, n: 36, split: 'test' },
    comparison: { metric: 'exactMatch', of: 1, against: 0, better: 5, worse: 0, sure: false },
  });
});

test('an uncertain difference could be chance, one without a comparison is taken as is', () => {
  const result = measured(adapter, [evaluation('e', 0.6)]);
  expect(result && couldBeChance(result)).toBe(true);
  expect(result && couldBeChance({ ...result, comparison: undefined })).toBe(false);
});

test('among equals, the newest finished evaluation counts', () => {
  const evaluations = [evaluation('going on', 0, { state: 'running' }), evaluation('new', 0.7), evaluation('old', 0.2)];
  expect(measured(adapter, evaluations)?.evaluationId).toBe('new');
});

// A quick evaluation on six rows displaced all earlier results.
test('an evaluation on more rows counts more than a newer one', () => {
  expect(measured(adapter, [evaluation('few', 1, { rows: 6 }), evaluation('many', 0.6)])?.evaluationId).toBe('many');
});

test('the newest version of the dataset counts more than rows', () => {
  const evaluations = [evaluation('of now', 0.6, { rows: 6, version: 2 }), evaluation('of before', 1)];
  expect(measured(adapter, evaluations)?.evaluationId).toBe('of now');
});

test.each([
  ['rows used in training', { split: 'train' }],
  ['rows of another dataset', { datasetId: 'other', version: 9 }],
])('%s count less than the test rows of the adapter’s own dataset, however many they are', (_, which) => {
  const evaluations = [evaluation('these', 1, { rows: 400, ...which }), evaluation('own', 0.6)];
  expect(measured(adapter, evaluations)?.evaluationId).toBe('own');
});

test('an adapter in no evaluation is not measured', () => {
  expect(measured({ id: 'b' } as Adapter, [evaluation('e', 0.6)])).toBeUndefined();
});

// Regression: it was told by what is recorded once the base has been read, of which no page hears.
test('an adapter is being measured as soon as its evaluation has been started', () => {
  const going = { state: 'running', adapterIds: [adapter.id], provenance: null, results: [] } as unknown as Evaluation;
  expect(beingMeasured(adapter, [going])).toBe(going);
  expect(beingMeasured({ ...adapter, id: 'another' }, [going])).toBeUndefined();
  expect(beingMeasured(adapter, [{ ...going, state: 'stopped' }])).toBeUndefined();
});

// Regression: Home went through all evaluations for each adapter, twice: 0.2 s for two thousand of both.
test('many adapters are looked up without going through the evaluations for each', () => {
  let read = 0;
  const evaluations = Array.from({ length: 40 }, (_, age) => {
    const { results, ...others } = evaluation(`e${age}`, age / 40);
    return {
      ...others,
      get results() {
        read++;
        return results.map((result) => ({ ...result, adapterId: result.adapterId === 'a' ? `a${age}` : null }));
      },
    } as Evaluation;
  });
  for (let age = 0; age < 40; age++)
    expect(measured({ id: `a${age}` } as Adapter, evaluations)?.adapter).toBe(age / 40);
  expect(read).toBeLessThan(5 * evaluations.length);
});
