import { type Command, Option } from 'commander';
import type { Adapter } from '../../../src-contract/adapter.ts';
import { fromHere } from './arguments.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addAdapterCommands(program: Command, run: Run): void {
  const adapters = program.command('adapters').description('what base models were taught');

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
    .argument('<adapter>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const adapter = await (await open()).adapters.get({ id });
        return { json: { adapter }, text: factsOf(adapter) };
      }),
    );

  adapters
    .command('import')
    .description('take in an adapter folder as the PEFT library writes it')
    .argument('<path>', 'a folder with adapter_config.json and adapter_model.safetensors')
    .option('--name <name>')
    .option('--base <model>', 'the base model that it was made for')
    .action((path: string, { name, base }: { name?: string; base?: string }, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const adapter = await client.adapters.import({ path: fromHere(path), name, baseModelId: base });
        return { json: { adapter }, text: factsOf(adapter) };
      }),
    );

  adapters
    .command('export')
    .description('copy an adapter to a folder')
    .argument('<adapter>')
    .addOption(new Option('--format <format>', 'layout of the folder').choices(['peft']).makeOptionMandatory())
    .requiredOption('--out <folder>', 'where to write it')
    .action((id: string, { format, out }: { format: 'peft'; out: string }, command: Command) =>
      run(command, async ({ open }) => {
        const { path } = await (await open()).adapters.export({ id, format, out: fromHere(out) });
        return { json: { path }, text: `The adapter is in ${path}` };
      }),
    );

  adapters
    .command('verify')
    .description('hash an adapter and its base again and compare')
    .argument('<adapter>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const verify = await (await open()).adapters.verify({ id });
        return {
          json: { verify },
          text: [
            `The base model is ${verify.baseUnchanged ? 'what it was' : 'NOT what it was'} when the adapter was made (${verify.baseSha256}).`,
            `The adapter is ${verify.adapterUnchanged ? 'what it was' : 'NOT what it was'} (${verify.adapterSha256}).`,
            `Rank ${verify.rank}, scale ${verify.scale}, on ${verify.targets.join(', ')}.`,
          ].join('\n'),
        };
      }),
    );

  adapters
    .command('delete')
    .description('remove an adapter')
    .argument('<adapter>')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const adapter = await client.adapters.get({ id });
        await client.adapters.delete({ id: adapter.id });
        return { json: { deleted: { id: adapter.id, name: adapter.name } }, text: `“${adapter.name}” is deleted.` };
      }),
    );
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
