import { expect, test } from 'vitest';
import type { LabExperiment } from '../../src-contract/lab.ts';
import { labCsv } from './lab-csv.ts';

// Regression: means, medians and ratios shown on the page were missing.
test('the CSV has every number: settings used, parts, maps, and tables as shown', () => {
  const experiment = {
    ...{ kind: 'table6', id: 'x', options: { ranks: [1, 8], trials: 40 }, facts: { layers: 6, machine: { cores: 2 } } },
    cells: [{ key: 'q r1', values: { validationLoss: 0.9125 }, timings: { secondsPerStep: 2 } }],
  };
  const table = {
    ...{ title: 'Loss', note: '', columns: ['Matrices', 'r 1'] },
    rows: [[{ text: 'q' }, { text: '0.913', spread: '± 0.010' }]],
  };
  const { name, text } = labCsv(
    // Sound here: no other field is read.
    experiment as unknown as LabExperiment,
    {
      maps: [{ key: 'A', values: {}, timings: {}, map: [[0.25, 0.5]] }],
      view: {
        ...{ question: '랭크는 얼마면 충분할까요?', uses: ['ranks'], reading: 'It holds.', because: '98 %' },
        tables: [
          { ...table, whose: 'ours' },
          { ...table, title: 'WikiSQL', whose: 'paper' },
        ],
      },
    },
  );
  // It was named by its id.
  expect(name).toBe('랭크는 얼마면 충분할까요.csv');
  expect(text.trim().split('\r\n')).toEqual([
    'part,name,i,j,value',
    'settings,ranks,,,"[1,8]"',
    'facts,layers,,,6',
    'facts,cores,,,2',
    'q r1,validationLoss,,,0.9125',
    'q r1,secondsPerStep,,,2',
    'A,phi,1,1,0.25',
    'A,phi,1,2,0.5',
    'result,reading,,,It holds.',
    'result,because,,,98 %',
    'Loss,Matrices,1,1,q',
    'Loss,r 1,1,2,0.913',
    'Loss,r 1,1,2,± 0.010',
  ]);
});
