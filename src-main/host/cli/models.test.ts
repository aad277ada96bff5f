import { expect, test } from 'vitest';
import { folderText } from './models.ts';

// Regression: a table without rows was shown for either.
test('a model folder that is not there is told, and so is one without models', () => {
  const facts = { path: '/models', from: 'chosen' } as const;
  expect(folderText({ ...facts, isThere: false, found: [] })).toMatch(
    /^\/models \(chosen\)\nThere is no such folder\./,
  );
  expect(folderText({ ...facts, isThere: true, found: [] })).toBe('/models (chosen)\nThere are no models in it.');
});

test('a model folder is shown with its models', () => {
  const model = { id: '1', name: 'tiny', kind: 'gguf', sizeBytes: 2_000_000, onShelf: true } as const;
  expect(folderText({ path: '/hub', from: 'usual', isThere: true, found: [model] })).toBe(
    ['/hub (the usual one)', 'name  kind  size  added', 'tiny  gguf  2 MB  yes'].join('\n'),
  );
});
