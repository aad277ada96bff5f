import type { Command } from 'commander';
import type { Run as TrainingRun } from '../../../src-contract/run.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addRunCommands(program: Command, run: Run): void {
  const runs = program.command('runs').description('the trainings, with what became of them');

  runs
    .command('list')
    .description('all runs')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const list = await (await open()).runs.list();
        return {
          json: { runs: list },
          text:
            list.length === 0
              ? 'There are no runs yet.'
              : textTable([
                  ['name', 'state', 'step', 'of', 'loss', 'id'],
                  ...list.map((each) => [
                    each.name,
                    each.state,
                    String(each.step),
                    String(each.totalSteps),
                    each.lastLoss?.toFixed(3) ?? '–',
                    each.id,
                  ]),
                ]),
        };
      }),
    );

  runs
    .command('show')
    .description('one run')
    .argument('<run>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const found = await (await open()).runs.get({ id });
        return { json: { run: found }, text: factsOf(found) };
      }),
    );
}

function factsOf({ id, name, state, step, totalSteps, error }: TrainingRun): string {
  const isHalfDone = state === 'stopped' || state === 'interrupted';
  return [
    `${name}: ${state} at step ${step} of ${totalSteps}.`,
    ...(error ? [error.message, error.hint] : []),
    ...(isHalfDone ? [`Go on with: adapter-studio train --resume ${id}`] : []),
  ].join('\n');
}
