import { Command } from 'commander';
import { expect, test } from 'vitest';
import { tellIgnored } from './ignored-options.ts';

// Regression: a resumed training with another rank, or a figure with another matrix, went on without a word about it.
test('options that change nothing are named, and others are not', () => {
  const said = (...words: string[]) => {
    const command = new Command().option('--resume <run>').option('--max-steps <n>').option('--rank <n>', '', '8');
    command.parse(words, { from: 'user' });
    const sentences: string[] = [];
    const progress = { say: (sentence: string) => void sentences.push(sentence) };
    tellIgnored(command, { heeded: ['resume'], because: 'a resumed run keeps its settings', progress });
    return sentences;
  };
  expect(said('--resume', 'x')).toEqual([]);
  expect(said('--resume', 'x', '--rank', '4', '--max-steps', '9')).toEqual([
    'Ignoring --max-steps, --rank: a resumed run keeps its settings.',
  ]);
});

test('of some options it is said that they change nothing, if they were given', () => {
  const command = new Command().option('--seed <n>').option('--top-k <k>').option('--prompt <text>');
  command.parse(['--seed', '1', '--prompt', 'x'], { from: 'user' });
  const sentences: string[] = [];
  const progress = { say: (sentence: string) => void sentences.push(sentence) };
  tellIgnored(command, { ignored: ['seed', 'topK'], because: 'nothing is drawn', progress });
  tellIgnored(command, { ignored: ['topK'], because: 'nothing is drawn', progress });
  expect(sentences).toEqual(['Ignoring --seed: nothing is drawn.']);
});
