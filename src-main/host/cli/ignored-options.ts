import type { Command } from 'commander';
import type { Progress } from './progress.ts';

/** Says which given options change nothing, so that nobody believes that they did. */
export function tellIgnored(
  command: Command,
  { heeded, because, progress }: { heeded: readonly string[]; because: string; progress: Pick<Progress, 'say'> },
): void {
  const ignored = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => !heeded.includes(option.attributeName()))
    .map(({ long }) => long);
  if (ignored.length > 0) progress.say(`Ignoring ${ignored.join(', ')}: ${because}.`);
}
