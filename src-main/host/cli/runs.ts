import type { Command } from 'commander';
import { z } from 'zod';
import type { Run as TrainingRun } from '../../../src-contract/run.ts';
import { numberIn } from './arguments.ts';
import { addDelete } from './delete-command.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';
import { runEnded, trainingAnswer, trainingText } from './train.ts';

export function addRunCommands(program: Command, run: Run): void {
  const runs = program.command('runs').description('training runs and their results');

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
                    stateOf(each),
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
    .argument('<run>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const found = await client.runs.get({ id });
        // It may have been deleted since.
        const adapter = (await client.adapters.list()).find((each) => each.id === found.adapterId);
        const made = adapter === undefined ? [] : [trainingText(found, adapter)];
        return { json: { run: found, adapter: adapter ?? null }, text: [factsOf(found), ...made].join('\n') };
      }),
    );

  runs
    .command('move')
    .description('move a waiting run in the queue')
    .argument('<run>', 'name or id')
    .requiredOption('--to <n>', 'its new position, starting at 1', numberIn(z.number().int().min(1)))
    .action((id: string, { to }: { to: number }, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        await client.runs.move({ id, to });
        const queue = (await client.runs.list())
          .filter(({ queuePlace }) => queuePlace !== null)
          .toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0));
        return {
          json: { queue },
          text: queue.map(({ name, queuePlace }) => `${queuePlace}. ${name}`).join('\n'),
        };
      }),
    );

  runs
    .command('repeat')
    .description('train again with the data, base and settings of a run: the same computer makes the same adapter')
    .argument('<run>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const client = await open();
        const ended = await runEnded(await client.runs.repeat({ id }), { client, signal, progress });
        const [original, answer] = [await client.runs.get({ id }), await trainingAnswer(ended, client)];
        const shaOf = async (adapterId: string | null) =>
          adapterId === null ? undefined : (await client.adapters.get({ id: adapterId })).sha256;
        const same = (await shaOf(ended.adapterId)) === (await shaOf(original.adapterId));
        const verdict = same ? 'It is exactly the same adapter.' : 'It is a different adapter.';
        return { json: { ...answer.json, same }, text: `${answer.text}\n${verdict}` };
      }),
    );

  addDelete<TrainingRun>(runs, run, {
    noun: 'run',
    description: 'delete a run; its adapter stays',
    shelf: (client) => client.runs,
    async after({ adapterId }, client) {
      // There may be none, or it has already been deleted.
      const stays = (await client.adapters.list()).some(({ id }) => id === adapterId);
      return stays ? ' Its adapter stays.' : '';
    },
  });
}

function stateOf({ state, awaitsTurn, queuePlace }: TrainingRun): string {
  if (awaitsTurn) return 'waiting its turn';
  return queuePlace === null ? state : `${state}, ${queuePlace}.`;
}

function factsOf(run: TrainingRun): string {
  const { id, name, state, step, totalSteps, error } = run;
  const isHalfDone = state === 'stopped' || state === 'paused' || state === 'interrupted';
  return [
    `${name}: ${stateOf(run)} at step ${step} of ${totalSteps}.`,
    ...(error ? [error.message, error.hint] : []),
    ...(isHalfDone ? [`Resume with: adapter-studio train --resume ${id}`] : []),
  ].join('\n');
}
