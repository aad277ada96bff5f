import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { client, engine, folder, studioForEachTest, train } from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('an export leaves neighbouring files alone', async () => {
  const { run } = await train('rivers');
  const id = run.adapterId ?? '';
  for (const [format, strength] of [
    ['peft', 1],
    ['peft', 0.5],
    ['gguf', 1],
  ] as const) {
    const out = join(folder, `${format}-${strength}`);
    mkdirSync(`${out}.partial`);
    writeFileSync(join(`${out}.partial`, 'mine'), '');
    await Array.fromAsync(await client.adapters.export({ id, format, strength, out }));
    expect(readdirSync(out)).not.toContain('mine');
    expect(readdirSync(`${out}.partial`)).toEqual(['mine']);
    expect((await safe(Array.fromAsync(await client.adapters.export({ id, format, out })))).error).toMatchObject({
      code: 'OUT_UNUSABLE',
    });
  }
  expect(readdirSync(folder).filter((name) => /\.[0-9a-f]{16}\.partial$/.test(name))).toEqual([]);
});

test('an exported PEFT folder imports under another name, and an incomplete one is refused', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  const written = await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const prompt = 'Passage: {passage}\n\nQuestion: {question}';
  expect(written).toEqual([{ kind: 'finished', written: { path: out, prompt } }]);
  const back = await client.adapters.import({ path: out, name: 'back' });
  const original = await client.adapters.get({ id: 'rivers' });
  expect(back).toMatchObject({ sha256: original.sha256, task: 'mrc', baseModelId: 'starter', bestValidationLoss: 2 });
  rmSync(join(out, 'adapter_config.json'));
  const { error } = await safe(client.adapters.import({ path: out, name: 'half' }));
  expect(error).toMatchObject({ code: 'MODEL_FILE_INVALID' });
  expect(await client.adapters.list()).toHaveLength(2);
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(2);
});

// Regression: it had another fingerprint, as if it were another adapter.
test('an adapter of an earlier version keeps its hash on re-import, unless its scale changed', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => ({
    ...(await inspect(job)),
    sha256: `of the weights and ${readFileSync(join(job.adapterFolder, 'adapter_config.json'), 'utf8')}`,
  });
  const original = await client.adapters.get({ id: 'rivers' });
  expect((await client.adapters.import({ path: out, name: 'back' })).sha256).toBe(original.sha256);
  writeFileSync(join(out, 'adapter_config.json'), '{"lora_alpha": 99}');
  expect((await client.adapters.import({ path: out, name: 'other' })).sha256).toBe(
    'of the weights and {"lora_alpha": 99}',
  );
});

// Regression: its origin was only written at full strength; imported again it had the task “custom”.
test('an adapter exported at partial strength keeps its task and base, but not its measurements', async () => {
  await train('rivers');
  const out = join(folder, 'half');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out, strength: 0.5 }));
  const back = await client.adapters.import({ path: out });
  expect(back).toMatchObject({ name: 'half', task: 'mrc', baseModelId: 'starter', bestValidationLoss: null });
});

// Regression: the name was checked before the copying began, which takes time: the second got an internal error.
test('of two concurrent imports under one name, one is refused, or numbered if nobody chose the name', async () => {
  await train('rivers');
  const out = join(folder, 'lakes');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const named = await Promise.all([1, 2].map(() => safe(client.adapters.import({ path: out, name: 'back' }))));
  expect(named.map(({ error }) => (error as { code?: string } | null)?.code)).toContain('OPTION_INVALID');
  await Promise.all([1, 2].map(() => client.adapters.import({ path: out })));
  const names = (await client.adapters.list()).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['back', 'lakes', 'lakes 2', 'rivers']);
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(4);
});

test('an import error names the adapter, not its temporary folder', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  engine.refusal = new StudioError('ADAPTER_SHAPE', { adapter: out, tensor: 'q', expected: '[8, 2]', found: '[4, 2]' });
  const { error } = await safe(client.adapters.import({ path: out, name: 'lakes' }));
  expect(error).toMatchObject({ code: 'ADAPTER_SHAPE', data: { adapter: 'lakes', tensor: 'q' } });
});

test('importing a model or a file of another kind as an adapter says what it is', async () => {
  const taken = async (path: string) => (await safe(client.adapters.import({ path }))).error;
  // Regression: all but whole models were “a single file”, and a supported model was to be chosen.
  const files = { half: 'SINGLE_FILE', 'w.safetensors': 'WEIGHTS', 'a.zip': 'ARCHIVE', 'rivers.csv': 'TABLE' };
  for (const [name, kind] of Object.entries(files)) {
    const file = join(folder, name);
    writeFileSync(file, 'GG');
    const data = { because: { code: `${kind}_AS_ADAPTER` } };
    expect(await taken(file)).toMatchObject({ code: 'NOT_AN_ADAPTER', data });
  }
  expect(await taken(folder)).toMatchObject({ data: { because: { code: 'FOLDER_AS_ADAPTER' } } });
  const starter = join(folder, 'resources/starter-model');
  expect(await taken(starter)).toMatchObject({ data: { because: { code: 'MODEL_AS_ADAPTER' } } });
});

test('an adapter in a GGUF file is imported under the name of the file, for the base that it names or that fits', async () => {
  const taken = async (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return safe(client.adapters.import({ path: join(folder, name) }));
  };
  const left = () => readdirSync(join(folder, 'data/adapters')).filter((name) => name.startsWith('.'));
  expect((await taken('rivers.gguf', 'GGUF')).data).toMatchObject({
    name: 'rivers',
    task: 'custom',
    baseModelId: 'starter',
  });
  // As Ollama keeps it.
  expect((await taken('sha256-ab', 'GGUF names Starter')).data).toMatchObject({ name: 'sha256-ab' });
  expect(left()).toEqual([]);
  const { error } = await taken('lakes.gguf', 'GGUF names Llama-3.2-1B');
  expect(error).toMatchObject({
    ...{ code: 'OPTION_INVALID', data: { option: 'base', because: { code: 'BASE_NAMED_ELSE' } } },
  });
  engine.refusal = new StudioError('ADAPTER_WRONG_ARCHITECTURE', { adapter: 'x', expected: 'qwen2', found: 'llama' });
  expect((await taken('seas.gguf', 'GGUF')).error).toMatchObject({ code: 'ADAPTER_WRONG_ARCHITECTURE' });
  expect(left()).toEqual([]);
});

test('a GGUF file that a page has sent is imported as an adapter', async () => {
  const { fileId } = await client.files.begin({ name: '../rivers.gguf', sizeBytes: 4 });
  await client.files.append({ fileId, offset: 0, chunk: new Blob(['GGUF']) });
  expect(await client.adapters.importSent({ weightsFileId: fileId, name: '../rivers' })).toMatchObject({
    ...{ name: '../rivers', baseModelId: 'starter' },
  });
  expect(readdirSync(join(folder, 'data/adapters')).filter((name) => name.startsWith('.'))).toEqual([]);
});

// Regression: it was silently assigned to the only base, or said not to name its base.
test('a foreign adapter that names a missing base asks which of the fitting bases it is for', async () => {
  await train('rivers');
  const out = join(folder, 'llama');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  rmSync(join(out, 'adapter_studio.json'));
  const taken = async (config: object, baseModelId?: string) => {
    writeFileSync(join(out, 'adapter_config.json'), JSON.stringify(config));
    return safe(client.adapters.import({ path: out, baseModelId }));
  };
  const llama = { base_model_name_or_path: 'meta-llama/Llama-3.2-1B' };
  const { error } = await taken(llama);
  expect(error).toMatchObject({
    code: 'OPTION_INVALID',
    data: {
      option: 'base',
      because: { code: 'BASE_NAMED_ELSE', data: { named: 'Llama-3.2-1B', bases: '“starter”' } },
    },
  });
  expect((await taken(llama, 'starter')).data).toMatchObject({ baseModelId: 'starter' });
  expect((await taken({ base_model_name_or_path: '/home/me/starter-model' })).data).toBeDefined();
  expect((await taken({})).data).toBeDefined();
});

test('an adapter made for a missing base is refused, even if its shapes fit another', async () => {
  await train('rivers');
  const out = join(folder, 'lakes');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const origin = JSON.parse(readFileSync(join(out, 'adapter_studio.json'), 'utf8')) as object;
  const refusedWith = async (more: object, baseModelId?: string) => {
    writeFileSync(
      join(out, 'adapter_studio.json'),
      JSON.stringify({ ...origin, baseSha256: 'ab'.repeat(32), ...more }),
    );
    const { error } = await safe(client.adapters.import({ path: out, name: 'lakes', baseModelId }));
    return error;
  };
  expect(await refusedWith({ baseName: 'river-7B' })).toMatchObject({
    ...{ code: 'ADAPTER_BASE_MISSING', data: { adapter: 'lakes', model: 'river-7B' } },
  });
  // Another version of the same base: the names alone would not distinguish them.
  const namesake = {
    adapter: 'lakes',
    expected: 'starter (abababab)',
    found: expect.stringMatching(/^starter \(\w{8}\)$/),
  };
  expect(await refusedWith({})).toMatchObject({ code: 'ADAPTER_WRONG_BASE', data: namesake });
  expect(await refusedWith({}, 'starter')).toMatchObject({ code: 'ADAPTER_WRONG_BASE', data: namesake });
  expect(await client.adapters.list()).toHaveLength(1);
});

test('adapters of one base are mixed into a new one, but not under a taken name', async () => {
  await train('rivers');
  await train('lakes');
  const parts = [
    { id: 'rivers', strength: 1 },
    { id: 'lakes', strength: -0.5 },
  ];
  const mix = await client.adapters.mix({ parts });
  expect(mix).toMatchObject({ name: 'rivers + lakes', task: 'mrc', baseModelId: 'starter', bestValidationLoss: null });
  expect((await client.adapters.list()).map(({ name }) => name)).toEqual(['rivers + lakes', 'lakes', 'rivers']);
  expect(readdirSync(mix.path).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'adapter_studio.json',
  ]);
  const { error } = await safe(client.adapters.mix({ parts, name: 'lakes' }));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', data: { option: 'name' } });
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(3);
});
