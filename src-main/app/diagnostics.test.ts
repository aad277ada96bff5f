import { expect, test } from 'vitest';
import { diagnosticsText } from './diagnostics.ts';

// The latest was said to be last, but was first; of more than twenty, the oldest were listed.
test('the twenty latest failures are listed, the latest last', () => {
  const failures = Array.from({ length: 25 }, (_, place) => `FAILURE_${place}`);
  const runs = failures
    .map((code) => ({ state: 'failed' as const, step: 1, totalSteps: 2, error: { code, message: '', hint: '' } }))
    .reverse();
  const text = diagnosticsText({
    ...{ version: '1.0.0', migrations: 1, datasets: [], baseModels: [], adapters: [], endpointOn: false },
    device: { backend: 'wasm', device: 'CPU, 2 threads', threads: 2 },
    runs,
  });
  const [, listed = ''] = text.split('## Failures, the latest last\n');
  expect(listed.trim().split('\n')).toEqual(failures.slice(5).map((code) => `- ${code}`));
});
