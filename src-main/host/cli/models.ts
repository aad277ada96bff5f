import type { Command } from 'commander';
import type { BaseModel } from '../../../src-contract/base-model.ts';
import { fromHere } from './arguments.ts';
import { notInThisVersion } from './failure.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addModelCommands(program: Command, run: Run): void {
  const models = program.command('models').description('the base models, whose weights stay frozen');

  models
    .command('list')
    .description('all base models')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const list = await (await open()).baseModels.list();
        return {
          json: { models: list },
          text: textTable([
            ['name', 'architecture', 'parameters', 'layers', 'hidden', 'context', 'fingerprint', 'id'],
            ...list.map((model) => [
              model.name,
              model.architecture,
              millions(model.parameters),
              String(model.layers),
              String(model.hidden),
              String(model.contextLength),
              model.sha256.slice(0, 8),
              model.id,
            ]),
          ]),
        };
      }),
    );

  models
    .command('show')
    .description('one base model')
    .argument('<model>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const model = await (await open()).baseModels.get({ id });
        return { json: { model }, text: factsOf(model) };
      }),
    );

  models
    .command('import')
    .description('take in a model folder in the Hugging Face layout')
    .argument('<path>', 'a folder with config.json, tokenizer.json and safetensors')
    .option('--name <name>')
    .action((path: string, { name }: { name?: string }, command: Command) =>
      run(command, async ({ open, signal }) => {
        const model = await (await open()).baseModels.import({ path: fromHere(path), name }, { signal });
        return { json: { model }, text: factsOf(model) };
      }),
    );

  models
    .command('download')
    .description('fetch a model from the catalogue')
    .argument('<id>')
    .action((_id: string, _options: object, command: Command) =>
      run(command, async () => {
        throw notInThisVersion(
          'Downloading a model',
          'Copy its folder here and use: adapter-studio models import PATH',
        );
      }),
    );

  models
    .command('check')
    .description('say whether model files are sound, without loading them')
    .argument('<file...>')
    .action((files: string[], _options: object, command: Command) =>
      run(command, async ({ open, signal }) => {
        const verdicts = await (await open()).baseModels.check({ paths: files.map(fromHere) }, { signal });
        // The answer names the files as the caller did.
        const answers = verdicts.map((verdict, f) => ({ ...verdict, path: files[f] ?? verdict.path }));
        return {
          json: { files: answers },
          text: answers
            .map(({ path, verdict, error }) => `${verdict}  ${path}${error ? `\n  ${error.message}` : ''}`)
            .join('\n'),
        };
      }),
    );
}

function factsOf(model: BaseModel): string {
  return [
    `${model.name}: ${model.architecture}, ${millions(model.parameters)} parameters, ${model.layers} layers, ` +
      `hidden size ${model.hidden}, vocabulary ${model.vocabulary}, ${model.dtype}.`,
    `It reads ${model.contextLength} tokens at once. Licence: ${model.licence}.`,
    `Fingerprint ${model.sha256.slice(0, 8)}; kept in ${model.path}`,
  ].join('\n');
}

function millions(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(2)} B` : `${(count / 1e6).toFixed(2)} M`;
}
