import type { Command } from 'commander';
import type { Progress } from './progress.ts';

type Ignored = {
  readonly because: string;
  readonly progress: Pick<Progress, 'say'>;
} & (
  | { /** All but these change nothing. */ readonly heeded: readonly string[]; readonly ignored?: undefined }
  | { /** These change nothing. */ readonly ignored: readonly string[] }
);

/** Says which given options change nothing, so that nobody believes that they did. */
export function tellIgnored(command: Command, { because, progress, ...which }: Ignored): void {
  const ignored = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) =>
      which.ignored === undefined
        ? !which.heeded.includes(option.attributeName())
        : which.ignored.includes(option.attributeName()),
    )
    .map(({ long }) => long);
  if (ignored.length > 0) progress.say(`Ignoring ${ignored.join(', ')}: ${because}.`);
}
