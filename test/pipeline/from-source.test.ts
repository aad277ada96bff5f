import { expect, test, vi } from 'vitest';
import { answerOf, homeWithBoxes } from './command-line.ts';

// As `npm run cli` starts it, whatever the other files run.
vi.hoisted(() => delete process.env.COMMAND_LINE);

test('from source too, rows become an adapter that answers', { timeout: 120_000 }, async () => {
  const about = ['--base', 'tiny'];
  const home = await homeWithBoxes();
  const train = ['train', ...about, '--dataset', 'boxes', '--name', 'colours', '--max-steps', '2'];
  const { adapter } = await answerOf(home, train);
  const prompt = ['--prompt', 'Which colour has box 7?', '--max-tokens', '4'];
  const written = await answerOf(home, ['generate', ...about, '--adapter', 'colours', ...prompt]);
  expect(written.adapter).toEqual({ name: 'colours', sha256: adapter.sha256 });
  expect(written.tokens).toBeGreaterThan(0);
});
