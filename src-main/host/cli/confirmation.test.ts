import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { requireConfirmed } from './confirmation.ts';

const question = 'Delete the dataset “rivers”?';
const { signal } = new AbortController();

function terminal() {
  const [input, output] = [0, 1].map(() => Object.assign(new PassThrough(), { isTTY: true }));
  if (!input || !output) throw new Error('There are two.');
  return { input, output };
}

test.each(['y\n', 'Yes\n', ' y \r\n', 'y'])('the answer %j confirms it', async (answer) => {
  const { input, output } = terminal();
  input.end(answer);
  await requireConfirmed(question, { json: false, signal }, { input, output });
  expect(output.read().toString()).toBe('Delete the dataset “rivers”? This cannot be undone. [y/N] ');
});

test.each(['n\ny\n', '\n', 'yesterday\n', 'no', ''])('the answer %j does not', async (answer) => {
  const { input, output } = terminal();
  input.end(answer);
  const asked = requireConfirmed(question, { json: false, signal }, { input, output });
  await expect(asked).rejects.toMatchObject({ failure: { code: 'NOT_CONFIRMED', exitCode: 1 } });
});

test('an interruption is no answer', async () => {
  const interrupt = new AbortController();
  const asked = requireConfirmed(question, { json: false, signal: interrupt.signal }, terminal());
  interrupt.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});

test('nobody is asked who has said so before, or cannot answer', async () => {
  const { input, output } = terminal();
  await requireConfirmed(question, { yes: true, json: false, signal }, { input, output });
  await requireConfirmed(question, { json: true, signal }, { input, output });
  await requireConfirmed(question, { json: false, signal }, { input: new PassThrough(), output });
  await requireConfirmed(question, { json: false, signal }, { input, output: new PassThrough() });
  expect(output.read()).toBeNull();
});
