import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelFileVerdict } from '../../src-contract/base-model.ts';
import { initialiseLora } from '../../src-main/engine/adapters/lora.ts';
import { fitAdapter } from '../../src-main/engine/adapters/peft-layout.ts';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { readShardIndex } from '../../src-main/engine/formats/folder-weights.ts';
import { readPeft, writePeft } from '../../src-main/engine/formats/peft.ts';
import { openSafetensors } from '../../src-main/engine/formats/safetensors.ts';
import { sharedData } from '../shared-data.ts';

// Some 120 broken model files with a verdict on each. The verdict “unsupported” corresponds to our *_UNSUPPORTED codes.
interface Expected {
  readonly files: readonly {
    readonly file: string;
    readonly kind: string;
    readonly verdict: 'accept' | 'reject' | 'unsupported';
    readonly reason: string;
    readonly soft?: boolean;
    readonly level?: string;
  }[];
}

const data = sharedData('models_malformed');

const base = architectureOf(
  new ModelConfig(
    {
      ...{ model_type: 'llama', vocab_size: 16, hidden_size: 16, intermediate_size: 16 },
      ...{ num_hidden_layers: 1, num_attention_heads: 2 },
    },
    'config.json',
  ),
);
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'malformed-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.skipIf(data === undefined)('malformed files', async () => {
  const folder = data ?? '';
  const { files } = data
    ? (JSON.parse(await readFile(join(folder, 'EXPECTED.json'), 'utf8')) as Expected)
    : { files: [] };
  const ofKind = (kind: string) => files.filter((entry) => entry.kind === kind);

  test('checking all files by path gives the expected verdicts with less than 64 MiB of extra memory', async () => {
    const script = join(import.meta.dirname, 'check-files.ts');
    const paths = files.map(({ file }) => join(folder, file));
    const sound = join(folder, 'gguf/ok_one_tensor.gguf');
    const { stdout } = await promisify(execFile)(process.execPath, [script, sound, ...paths], { maxBuffer: 2 ** 24 });
    const { verdicts, grownBytes } = JSON.parse(stdout) as { verdicts: ModelFileVerdict[]; grownBytes: number };
    const wrong = verdicts.filter(({ verdict, error }, f) => {
      const expected = files[f];
      // A soft case must still end in a verdict, and a refusal must give a reason.
      if (expected?.soft) return verdict !== 'accept' && !error?.message;
      return verdict !== expected?.verdict || (verdict !== 'accept' && !error?.message);
    });
    expect(wrong).toEqual([]);
    expect(verdicts).toHaveLength(files.length);
    expect(grownBytes).toBeLessThan(64 * 2 ** 20);
  });

  test.each(ofKind('safetensors'))('$file: $verdict ($reason)', async ({ file, verdict, level }) => {
    const before = process.memoryUsage();
    const opened = await outcome(async () => {
      const safetensors = await openSafetensors(join(folder, file));
      for (const name of safetensors.tensors.keys()) await safetensors.readBytes(name);
      await safetensors.close();
    });
    expect(opened).toBe(level === 'adapter' ? 'accept' : verdict);
    const { external, arrayBuffers } = process.memoryUsage();
    expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(50e6);
  });

  test.each(ofKind('safetensors').filter((entry) => entry.level === 'adapter'))(
    '$file as an adapter: $reason',
    async ({ file }) => {
      const adapterFolder = await mkdtemp(join(scratch, 'adapter-'));
      const config = join(folder, 'adapter_config/ok_plain.json');
      await copyFile(config, join(adapterFolder, 'adapter_config.json'));
      await copyFile(join(folder, file), join(adapterFolder, 'adapter_model.safetensors'));
      expect(await outcome(async () => fitAdapter(await readPeft(adapterFolder), base, file))).toBe('reject');
    },
  );

  test.each(ofKind('adapter_config'))('$file: $verdict ($reason)', async ({ file, verdict, soft }) => {
    const adapterFolder = await mkdtemp(join(scratch, 'config-'));
    const options = { rank: 8, alpha: 16, targets: ['q', 'v'], initialisation: 'kaiming', seed: 0 } as const;
    const { tensors } = initialiseLora(base, options);
    const adapter = { rank: 8, alpha: 16, rankStabilised: false, targetModules: [], tensors };
    await writePeft(adapterFolder, adapter, { dropout: 0, baseModel: '' });
    await copyFile(join(folder, file), join(adapterFolder, 'adapter_config.json'));
    const found = await outcome(async () => fitAdapter(await readPeft(adapterFolder), base, file));
    // A soft verdict can be argued either way; only a crash counts as a failure.
    if (soft) return;
    if (verdict === 'accept') expect(found).toBe('accept');
    else expect(['reject', 'unsupported']).toContain(found);
  });

  test.each(ofKind('config'))('$file: $verdict ($reason)', async ({ file, verdict }) => {
    const modelFolder = await mkdtemp(join(scratch, 'model-'));
    await copyFile(join(folder, file), join(modelFolder, 'config.json'));
    expect(await outcome(async () => architectureOf(await readModelConfig(modelFolder)))).toBe(verdict);
  });

  test.each(ofKind('index'))('$file: $verdict ($reason)', async ({ file, verdict }) => {
    expect(await outcome(() => readShardIndex(join(folder, file)))).toBe(verdict);
  });
});

/** Anything but a StudioError is a crash and fails the test. */
async function outcome(read: () => Promise<unknown>): Promise<'accept' | 'reject' | 'unsupported'> {
  try {
    await read();
    return 'accept';
  } catch (error) {
    expect(error).toMatchObject({ name: 'StudioError' });
    return (error as { code: string }).code.endsWith('_UNSUPPORTED') ? 'unsupported' : 'reject';
  }
}
