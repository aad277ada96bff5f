import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdapterChoice, MergeEvent } from '../../src-main/engine/engine.ts';
import { openFolderWeights } from '../../src-main/engine/formats/folder-weights.ts';
import { openGguf } from '../../src-main/engine/formats/gguf.ts';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import { engine, forever, golden, logProbs } from './golden-scores.ts';
import { worstDifference } from './worst-difference.ts';

// An adapter merged into the weights, added to another, at partial strength, and in the file formats of other programs.
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'merge-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.each(['llama3-tiny', 'mistral-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gemma3-tiny', 'gpt2-tiny'])('%s', (name) => {
  const modelFolder = join(golden, name);
  const folder = join(golden, `${name}-lora`);

  test('merged and unmerged score the same at any strength, and differ from the base', async () => {
    for (const strength of [1, 0.5]) {
      const { out } = await merged(name, { folder, strength }, 'F32');
      const together = await logProbs(out, null);
      // Two orders of float32 sums over two layers.
      expect(worstDifference(together, await logProbs(modelFolder, { folder, strength }))).toBeLessThan(5e-6);
      expect(worstDifference(together, await logProbs(modelFolder, null))).toBeGreaterThan(1e-2);
    }
  });

  test('subtracting the merged update recovers the base, up to the residue that is reported', async () => {
    for (const dtype of ['F32', 'BF16'] as const) {
      const { out, event } = await merged(name, { folder, strength: 1 }, dtype);
      const minus = await recovered(out, name);
      const base = await tensorsOf(modelFolder);
      expect([...minus.keys()].sort()).toEqual([...base.keys()].sort());
      let [difference, largest] = [0, 0];
      for (const [tensor, values] of base) {
        if (!isAdapted(tensor)) continue;
        const changed = minus.get(tensor) ?? new Float32Array();
        values.forEach((value, i) => {
          difference = Math.max(difference, Math.abs((changed[i] as number) - value));
          largest = Math.max(largest, Math.abs(value));
        });
      }
      // Half a unit in the last place of the largest sum, which is below 4 here: 24 bits, or 8.
      expect(difference).toBeLessThan(dtype === 'F32' ? 2 ** -22 : 2 ** -7);
      expect(event.residue).toBeCloseTo(difference / largest, 6);
    }
  });
});

test('a merge keeps the base’s dtype by default and writes it to config.json', async () => {
  const { out, event } = await merged('qwen2-tiny', { folder: join(golden, 'qwen2-tiny-lora'), strength: 1 }, 'same');
  expect(event.dtypes).toEqual(['BF16']);
  expect(await engine.inspect(out)).toMatchObject({ architecture: 'qwen2', dtype: 'BF16' });
  expect(JSON.parse(await readFile(join(out, 'config.json'), 'utf8'))).toMatchObject({ dtype: 'bfloat16' });
  expect((await readdir(out)).sort()).toEqual(['config.json', 'generation_config.json', 'model.safetensors']);
});

test('aborting a merge leaves no partial file', async () => {
  const stop = new AbortController();
  const out = join(scratch, 'aborted');
  const job = {
    modelFolder: join(golden, 'qwen2-tiny'),
    adapter: { folder: join(golden, 'qwen2-tiny-lora'), strength: 1 },
  };
  const merging = async () => {
    for await (const event of engine.merge({ ...job, out, dtype: 'same' }, stop.signal))
      if (event.kind === 'progress' && event.done === 3) stop.abort();
  };
  await expect(merging()).rejects.toThrow();
  expect((await readdir(out)).filter((file) => file.includes('safetensors'))).toEqual([]);
});

test('a mix written as one adapter is the sum of its parts', async () => {
  const modelFolder = join(golden, 'gpt2-tiny');
  const first = { folder: join(golden, 'gpt2-tiny-lora'), strength: 0.75 };
  const second = { folder: join(golden, 'gpt2-fused-lora'), strength: -0.5 };
  const out = await writtenAnew('mixed', modelFolder, { ...first, with: [second] });
  // Ranks 2 and 3. In c_attn, q, k and v are three blocks of 5.
  expect(await engine.inspectAdapter({ modelFolder, adapterFolder: out })).toMatchObject({ rank: 5, scale: 1 });
  expect(await readPeft(out)).toMatchObject({ rank: 15, blocks: ['q', 'k', 'v'] });
  const together = await logProbs(modelFolder, { folder: out, strength: 1 });
  expect(worstDifference(together, await logProbs(modelFolder, { ...first, with: [second] }))).toBeLessThan(1e-6);
  // Merged one after the other: the same sum.
  const { out: once } = await merged('gpt2-tiny', first, 'F32');
  const twice = join(scratch, 'twice');
  for await (const _ of engine.merge({ modelFolder: once, adapter: second, out: twice, dtype: 'F32' }, forever));
  expect(worstDifference(together, await logProbs(twice, null))).toBeLessThan(5e-6);
});

test('an adapter can be written at a fractional or negative strength', async () => {
  const modelFolder = join(golden, 'qwen3-tiny');
  const folder = join(golden, 'qwen3-tiny-lora');
  for (const strength of [0.25, -1]) {
    const out = await writtenAnew(`strength${strength}`, modelFolder, { folder, strength });
    const written = await logProbs(modelFolder, { folder: out, strength: 1 });
    expect(worstDifference(written, await logProbs(modelFolder, { folder, strength }))).toBeLessThan(1e-6);
  }
});

// Regression: strength times scale went into B as a whole. Half of a scale of 2 is 1, so A and B, and with them the
// fingerprint, stayed the same.
test('an adapter written at another strength has another fingerprint, whatever its scale', async () => {
  const [modelFolder, folder] = [join(golden, 'qwen3-tiny'), join(golden, 'qwen3-tiny-lora')];
  const numbersAt = async (strength: number) => {
    const out = await writtenAnew(`numbers${strength}`, modelFolder, { folder, strength });
    return (await engine.inspectAdapter({ modelFolder, adapterFolder: out })).sha256;
  };
  expect(await numbersAt(0.5)).not.toBe(await numbersAt(1));
});

describe('as a GGUF file', () => {
  test('metadata describe the adapter, and A and B of every module have llama.cpp’s names', async () => {
    const file = await openGguf(await gguf('qwen2-tiny', 'qwen2-tiny-lora'));
    expect(Object.fromEntries(file.metadata)).toEqual({
      'general.type': 'adapter',
      'general.architecture': 'qwen2',
      'general.name': 'my skill',
      'general.base_model.count': 1,
      'general.base_model.0.name': 'qwen2-tiny',
      'adapter.type': 'lora',
      'adapter.lora.alpha': 4,
    });
    const { tensors } = await readPeft(join(golden, 'qwen2-tiny-lora'));
    expect(file.tensors.size).toBe(tensors.size);
    const down = tensors.get('model.layers.1.mlp.down_proj.lora_A');
    expect(file.tensors.get('blk.1.ffn_down.weight.lora_a')?.dims).toEqual([2, 20]);
    expect(await file.readFloat32('blk.1.ffn_down.weight.lora_a')).toEqual(down?.data);
    const query = tensors.get('model.layers.0.self_attn.q_proj.lora_B');
    expect(await file.readFloat32('blk.0.attn_q.weight.lora_b')).toEqual(query?.data);
    await file.close();
  });

  test('for Llama, rows of B for queries and keys are interleaved within each head', async () => {
    const file = await openGguf(await gguf('llama3-tiny', 'llama3-tiny-lora'));
    const { tensors } = await readPeft(join(golden, 'llama3-tiny-lora'));
    const rows = (data: Float32Array | undefined) =>
      Array.from({ length: (data?.length ?? 0) / 2 }, (_, row) => [...(data?.subarray(2 * row, 2 * row + 2) ?? [])]);
    // Heads of 4 rows: 0, 1, 2, 3 become 0, 2, 1, 3.
    for (const [own, theirs] of [
      ['q_proj', 'attn_q'],
      ['k_proj', 'attn_k'],
    ]) {
      const before = rows(tensors.get(`model.layers.0.self_attn.${own}.lora_B`)?.data);
      const after = rows(await file.readFloat32(`blk.0.${theirs}.weight.lora_b`));
      expect(after).toEqual(before.map((_, row) => before[row - (row % 4) + ([0, 2, 1, 3][row % 4] as number)]));
    }
    const value = tensors.get('model.layers.0.self_attn.v_proj.lora_B')?.data;
    expect(await file.readFloat32('blk.0.attn_v.weight.lora_b')).toEqual(value);
    await file.close();
  });

  test('for GPT-2, q, k and v are one module, with the scale of the adapter', async () => {
    const file = await openGguf(await gguf('gpt2-tiny', 'gpt2-tiny-lora'));
    expect(file.tensors.get('blk.0.attn_qkv.weight.lora_a')?.dims).toEqual([4, 16]);
    expect(file.tensors.get('blk.0.attn_qkv.weight.lora_b')?.dims).toEqual([48, 4]);
    expect(file.metadata.get('adapter.lora.alpha')).toBe(8);
    await file.close();
  });
});

async function gguf(model: string, adapter: string): Promise<string> {
  const out = join(scratch, `${adapter}.gguf`);
  const choice = { folder: join(golden, adapter), strength: 1 };
  const named = { name: 'my skill', baseName: model };
  await engine.writeAdapter({ modelFolder: join(golden, model), adapter: choice, format: 'gguf', out, ...named });
  return out;
}

async function merged(model: string, adapter: AdapterChoice, dtype: 'same' | 'F32' | 'BF16') {
  const out = await mkdtemp(join(scratch, `${model}-`));
  const events: MergeEvent[] = [];
  const job = { modelFolder: join(golden, model), adapter, out, dtype };
  for await (const event of engine.merge(job, forever)) events.push(event);
  const event = events.at(-1) as Extract<MergeEvent, { kind: 'finished' }>;
  const progress = events.slice(0, -1) as Extract<MergeEvent, { kind: 'progress' }>[];
  expect(progress.map(({ done }) => done)).toEqual(progress.map((_, i) => i + 1));
  expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
  return { out, event };
}

/** The folder of an adapter, or of several, written anew in PEFT's format. */
async function writtenAnew(name: string, modelFolder: string, adapter: AdapterChoice): Promise<string> {
  const out = join(scratch, name);
  await engine.writeAdapter({ modelFolder, adapter, format: 'peft', out, name, baseName: '' });
  return out;
}

/** Every tensor of a merged model, minus scale · B A where there is an A and B, computed here from the PEFT files. */
async function recovered(folder: string, name: string): Promise<Map<string, Float32Array>> {
  const tensors = await tensorsOf(folder);
  const { rank, alpha, tensors: adapter } = await readPeft(join(golden, `${name}-lora`));
  for (const [key, { dims, data: a }] of adapter) {
    if (!key.endsWith('.lora_A')) continue;
    const module = key.replace(/\.lora_A$/, '');
    const b = adapter.get(`${module}.lora_B`)?.data as Float32Array;
    const weight = tensors.get(`${module}.weight`) as Float32Array;
    const inFeatures = dims[1] as number;
    const out = b.length / rank;
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < inFeatures; i++) {
        let sum = 0;
        for (let r = 0; r < rank; r++) sum += (b[o * rank + r] as number) * (a[r * inFeatures + i] as number);
        // GPT-2 stores [in, out].
        const at = name.startsWith('gpt2') ? i * out + o : o * inFeatures + i;
        weight[at] = (weight[at] as number) - Math.fround((alpha / rank) * sum);
      }
    }
  }
  return tensors;
}

function isAdapted(tensor: string): boolean {
  return /(_proj|c_attn|c_proj|c_fc)\.weight$/.test(tensor);
}

async function tensorsOf(folder: string): Promise<Map<string, Float32Array>> {
  const source = await openFolderWeights(folder);
  const tensors = new Map<string, Float32Array>();
  for (const name of source.tensors.keys()) tensors.set(name, await source.read(name));
  await source.close();
  return tensors;
}
