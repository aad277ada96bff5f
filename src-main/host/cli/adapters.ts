import { type Command, Option } from 'commander';
import {
  type Adapter,
  type AdapterExport,
  type AdapterExportInput,
  adapterFormats,
  mergedTypes,
} from '../../../src-contract/adapter.ts';
import { adapterIn, fromHere } from './arguments.ts';
import { addDelete } from './delete-command.ts';
import { tellIgnored } from './ignored-options.ts';
import { addRename } from './rename-command.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addAdapterCommands(program: Command, run: Run): void {
  const adapters = program.command('adapters').description('the adapters: what base models were taught');

  adapters
    .command('list')
    .description('all adapters')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const list = await (await open()).adapters.list();
        return {
          json: { adapters: list },
          text:
            list.length === 0
              ? 'There are no adapters yet. Train one: adapter-studio train --dataset D --base M --name N'
              : textTable([
                  ['name', 'task', 'rank', 'targets', 'parameters', 'fingerprint', 'id'],
                  ...list.map((adapter) => [
                    adapter.name,
                    adapter.task,
                    String(adapter.rank),
                    adapter.targets.join(','),
                    String(adapter.parameters),
                    adapter.sha256.slice(0, 8),
                    adapter.id,
                  ]),
                ]),
        };
      }),
    );

  adapters
    .command('show')
    .description('one adapter')
    .argument('<adapter>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const adapter = await (await open()).adapters.get({ id });
        return { json: { adapter }, text: factsOf(adapter) };
      }),
    );

  adapters
    .command('import')
    .description('import an adapter: a folder in the PEFT format, or a LoRA file for llama.cpp')
    .argument('<path>', 'a folder with adapter_config.json and adapter_model.safetensors, or a GGUF file')
    .option('--name <name>', 'its name in the studio (default: the folder’s)')
    .option('--base <model>', 'the base model that it was made for')
    .action((path: string, { name, base }: { name?: string; base?: string }, command: Command) =>
      run(command, async ({ openOrMake, progress }) => {
        const importing = (await openOrMake()).adapters.import({ path: fromHere(path), name, baseModelId: base });
        const adapter = await progress.during('Checking the adapter', importing);
        return { json: { adapter }, text: factsOf(adapter) };
      }),
    );

  adapters
    .command('export')
    .description('write an adapter for other programs')
    .argument('<adapter>', 'name or id; add :STRENGTH to export only part of its effect')
    .addOption(
      new Option(
        '--format <format>',
        'peft: a PEFT folder; gguf: a LoRA file for llama.cpp; merged: a Hugging Face model with the adapter merged into its weights; merged-gguf: the same as one GGUF file, for LM Studio, Jan, Ollama and llama.cpp',
      )
        .choices(adapterFormats)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'where to write it; there must be nothing yet')
    .addOption(
      new Option(
        '--dtype <type>',
        'storage type of a merged model; same: as the base; Q8_0: 8 bits, about half as large, for merged-gguf only',
      )
        .choices(mergedTypes)
        .default('same'),
    )
    .action((adapter: string, { out, ...options }: ExportOptions, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const { name: id, strength } = adapterIn(adapter);
        if (!options.format.startsWith('merged'))
          tellIgnored(command, { heeded: ['format', 'out'], because: 'it is for merged models', progress });
        const input = { id, strength, ...options, out: fromHere(out) };
        let written: AdapterExport = { path: input.out, prompt: '' };
        for await (const event of await (await open()).adapters.export(input, { signal })) {
          if (event.kind === 'finished') written = event.written;
          else progress.show({ ...event, what: 'Merging', words: `matrix ${event.done} of ${event.total}` });
        }
        const { path, prompt, merged, modelfile } = written;
        return {
          json: { path, prompt, ...merged, ...(modelfile && { modelfile }) },
          text: [
            ...(merged
              ? [
                  `The model with the adapter merged into its weights is in ${path} (${merged.dtypes.join(', ')}, ${(merged.bytes / 1e6).toFixed(1)} MB).`,
                  `Subtracting the adapter again would leave weights off by up to ${merged.residue.toExponential(1)} of the largest one.`,
                ]
              : [`The adapter is in ${path}`]),
            ...(modelfile ? [`Ollama opens it with: ollama create NAME -f "${modelfile}"`] : []),
            '',
            'Ask it elsewhere as it was trained: each message is nothing but',
            ...prompt.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
          ].join('\n'),
        };
      }),
    );

  adapters
    .command('mix')
    .description('combine adapters of the same base into a new one')
    .argument('<adapters...>', 'each as NAME or NAME:STRENGTH, for example rivers:0.7')
    .option('--name <name>', 'name of the new adapter')
    .action((words: string[], { name }: { name?: string }, command: Command) =>
      run(command, async ({ open }) => {
        const parts = words.map(adapterIn).map(({ name: id, strength }) => ({ id, strength }));
        const adapter = await (await open()).adapters.mix({ parts, name });
        return { json: { adapter }, text: factsOf(adapter) };
      }),
    );

  adapters
    .command('verify')
    .description('compute the hashes of an adapter and its base again and compare them')
    .argument('<adapter>', 'name or id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open, progress }) => {
        const verify = await progress.during(
          'Hashing the base and the adapter',
          (await open()).adapters.verify({ id }),
        );
        return {
          json: { verify },
          text: [
            `The base model ${verify.baseUnchanged ? 'is the same as' : 'is NOT the same as'} when the adapter was made (${verify.baseSha256}).`,
            `The adapter is ${verify.adapterUnchanged ? 'unchanged' : 'CHANGED'} (${verify.adapterSha256}).`,
            `Rank ${verify.rank}, scale ${verify.scale}, on ${verify.targets.join(', ')}.`,
          ].join('\n'),
        };
      }),
    );

  addRename(adapters, run, { noun: 'adapter', shelf: (client) => client.adapters });
  addDelete(adapters, run, {
    noun: 'adapter',
    description: 'delete an adapter',
    shelf: (client) => client.adapters,
  });
}

interface ExportOptions {
  readonly format: AdapterExportInput['format'];
  readonly out: string;
  readonly dtype: NonNullable<AdapterExportInput['dtype']>;
}

function factsOf(adapter: Adapter): string {
  const loss =
    adapter.baseValidationLoss === null || adapter.bestValidationLoss === null
      ? 'Its validation loss is not known.'
      : `Validation loss ${adapter.baseValidationLoss.toFixed(3)} (base) → ${adapter.bestValidationLoss.toFixed(3)} (adapter).`;
  return [
    `${adapter.name}: for ${adapter.task}, rank ${adapter.rank}, alpha ${adapter.alpha}, on ${adapter.targets.join(', ')}; ` +
      `${adapter.parameters} parameters, fingerprint ${adapter.sha256.slice(0, 8)}.`,
    loss,
    adapter.path,
  ].join('\n');
}
