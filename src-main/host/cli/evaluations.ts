import type { Command } from 'commander';
import type { Evaluation } from '../../../src-contract/evaluation.ts';
import { addDelete } from './delete-command.ts';
import type { Answer, Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { textTable } from './text-table.ts';

export function addEvaluationCommands(program: Command, run: Run): void {
  const evaluations = program.command('evaluations').description('what base models and adapters scored');

  evaluations
    .command('list')
    .description('all evaluations, and those that can be resumed')
    .action((_options: object, command: Command) => run(command, async ({ open }) => listedEvaluations(await open())));

  addDelete(evaluations, run, {
    noun: 'evaluation',
    description: 'delete an evaluation',
    words: 'ids, from the list',
    shelf: (client) => ({
      async get({ id }) {
        const evaluation = await client.evaluations.get({ id });
        const datasets = namesOf(await client.datasets.list());
        // As in the list of what was deleted.
        return { id: evaluation.id, name: datasetOf(evaluation, datasets) };
      },
      delete: (of) => client.evaluations.delete(of),
    }),
  });
}

export async function listedEvaluations(client: StudioClient): Promise<Answer> {
  const evaluations = await client.evaluations.list();
  const datasets = namesOf(await client.datasets.list());
  const models = namesOf(await client.baseModels.list());
  const adapters = namesOf(await client.adapters.list());
  const rows = evaluations.map((evaluation) => {
    const { baseModelId, adapterIds, provenance, split, state, results, id } = evaluation;
    return [
      datasetOf(evaluation, datasets),
      split,
      nameOf(models.get(baseModelId), provenance?.base.name),
      adapterIds.map((each, a) => nameOf(adapters.get(each), provenance?.adapters[a]?.name)).join(', ') || '–',
      ...[state, String(results[0]?.n ?? '–'), id],
    ];
  });
  return {
    json: { evaluations },
    text:
      rows.length === 0
        ? 'Nothing has been evaluated yet.'
        : textTable([['dataset', 'split', 'base model', 'adapters', 'state', 'rows', 'id'], ...rows]),
  };
}

function namesOf(list: readonly { readonly id: string; readonly name: string }[]): ReadonlyMap<string, string> {
  return new Map(list.map(({ id, name }) => [id, name]));
}

function datasetOf({ datasetId, provenance }: Evaluation, datasets: ReadonlyMap<string, string>): string {
  return nameOf(datasets.get(datasetId), provenance?.dataset.name);
}

/** What has been deleted is still named by the evaluation, once that has begun. */
function nameOf(name: string | undefined, kept: string | undefined): string {
  return name ?? kept ?? 'deleted';
}
