import { access, copyFile, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatTemplate, type Turn } from '../../src-main/base-models/chat-template.ts';
import { ConversationText } from '../../src-main/base-models/conversation-text.ts';
import { Tokenizer } from '../../src-main/base-models/tokenizer.ts';
import type { AdapterChoice, MergeEvent, MergeJob } from '../../src-main/engine/engine.ts';
import { type GgufFile, openGguf } from '../../src-main/engine/formats/gguf.ts';
import { dequantise, quantise } from '../../src-main/engine/formats/gguf-blocks.ts';
import { preTokenizerName, preTokenizerOf } from '../../src-main/engine/formats/gguf-pre-tokenizers.ts';
import { ggufTokenizer } from '../../src-main/engine/formats/gguf-tokenizer.ts';
import { ggufVocabulary, type TokenizerJson } from '../../src-main/engine/formats/gguf-vocabulary.ts';
import { createGguf } from '../../src-main/engine/formats/gguf-writer.ts';
import { engine, forever, golden, logProbs } from './golden-scores.ts';
import { worstDifference } from './worst-difference.ts';

// A base and an adapter as one GGUF file, against the same models and tokenizers as gguf-py wrote them; see
// golden/make_gguf_models.py and golden/make_tokenizers.py.
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'merged-gguf-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.each(['llama-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gpt2-tiny'])('%s', (name) => {
  const folder = join(golden, `${name}-lora`);

  test('without the adapter’s effect, its weights and sizes are those of llama.cpp’s converter', async () => {
    const [expected, found] = [
      await openGguf(join(golden, `${name}.gguf`)),
      await openGguf((await written(name, { folder, strength: 0 }, 'F32')).file),
    ];
    try {
      const sizes = (file: GgufFile) => [...file.metadata].filter(([key]) => !/^tokenizer\.|sliding_window$/.test(key));
      expect(Object.fromEntries(found.metadata)).toMatchObject(Object.fromEntries(sizes(expected)));
      expect([...found.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
      for (const [tensor, { dims }] of expected.tensors) {
        expect(found.tensors.get(tensor)?.dims, tensor).toEqual(dims);
        expect(await found.readFloat32(tensor), tensor).toEqual(await expected.readFloat32(tensor));
      }
    } finally {
      await Promise.all([expected.close(), found.close()]);
    }
  });

  test('opened again, it scores as the adapter does', async () => {
    const model = await mkdtemp(join(scratch, 'opened-'));
    const { base, file } = await written(name, { folder, strength: 1 }, 'F32');
    await copyFile(file, join(model, 'model.gguf'));
    await engine.unpack({ file, folder: model });
    const together = await logProbs(model, null);
    // Two orders of float32 sums over two layers.
    expect(worstDifference(together, await logProbs(base, { folder, strength: 1 }))).toBeLessThan(5e-6);
  });
});

test('by default matrices keep the base’s type, and what llama.cpp reads as float32 only is that', async () => {
  const file = await openedGguf('qwen2-tiny', 'same');
  expect(file.metadata.get('general.file_type')).toBe(32);
  expect(file.tensors.get('blk.0.attn_q.weight')?.type.name).toBe('BF16');
  expect(file.tensors.get('blk.0.attn_q.bias')?.type.name).toBe('F32');
  expect(file.tensors.get('blk.0.attn_norm.weight')?.type.name).toBe('F32');
  await file.close();
});

test('in 8 bits matrices are rounded as they lie in the file, and rows that are no whole blocks are half precision', async () => {
  const expected = await openGguf(join(golden, 'llama-tiny.gguf'));
  const { file, event } = await written('llama-tiny', { folder: join(golden, 'llama-tiny-lora'), strength: 0 }, 'Q8_0');
  const found = await openGguf(file);
  expect(found.metadata.get('general.file_type')).toBe(7);
  for (const [tensor, { type }] of found.tensors) {
    // Rows of 32 and, in what leads down from the feed-forward layer, of 48 numbers.
    const dtype = /norm/.test(tensor) ? 'F32' : tensor.includes('ffn_down') ? 'F16' : 'Q8_0';
    expect(type.name, tensor).toBe(dtype);
    const floats = await expected.readFloat32(tensor);
    const rounded = new Float32Array(floats.length);
    dequantise(dtype, Buffer.from(quantise(dtype, floats).buffer), rounded);
    expect(await found.readFloat32(tensor), tensor).toEqual(rounded);
  }
  await Promise.all([expected.close(), found.close()]);
  expect(event?.dtypes).toEqual(['Q8_0', 'F32', 'F16']);
  // Regression: it was that of the weights alone.
  expect(event?.bytes).toBe((await stat(file)).size);
  // A block's largest number is at most the largest weight, and what is rounded is off by half of a 127th of it.
  expect(event?.residue).toBeGreaterThan(1e-3);
  expect(event?.residue).toBeLessThan(1 / 254 + 1e-5);
});

test('a folder has no blocks: it is refused before anything is written', async () => {
  const [modelFolder, folder] = [join(golden, 'llama-tiny'), join(golden, 'llama-tiny-lora')];
  const out = join(scratch, 'no-blocks');
  const merging = async () => {
    for await (const _ of engine.merge({ modelFolder, adapter: { folder, strength: 1 }, out, dtype: 'Q8_0' }, forever));
  };
  await expect(merging()).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'dtype: only a GGUF file can be of type Q8_0; choose the format merged-gguf.',
  });
  await expect(access(out)).rejects.toThrow();
});

test('Llama 3’s stretched rotary positions are a tensor of divisors', async () => {
  const file = await openedGguf('llama3-tiny', 'F32');
  const [fast = 0, slow = 0] = await file.readFloat32('rope_freqs.weight');
  // Over 16 tokens the first pair makes 2.546 turns, of 1 to 4: 0.515 of it is kept, the rest is divided by 8.
  expect(fast).toBeCloseTo(1 / (0.5155 + 0.4845 / 8), 3);
  expect(slow).toBe(8);
  await file.close();
});

test('a model that cannot be written as one GGUF file is refused before anything is written', async () => {
  await expect(openedGguf('gemma3-tiny', 'F32')).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    data: { found: expect.stringContaining('gemma3_text') },
  });
  // This tiny GPT-2 divides its scores by the number of the layer.
  await expect(openedGguf('gpt2-tiny', 'F32', {})).rejects.toMatchObject({
    data: { found: expect.stringContaining('scale_attn_by_inverse_layer_idx') },
  });
});

async function openedGguf(model: string, dtype: MergeJob['dtype'], config?: object): Promise<GgufFile> {
  const adapter = { folder: join(golden, `${model}-lora`), strength: 1 };
  return openGguf((await written(model, adapter, dtype, config)).file);
}

describe('a tokenizer', () => {
  test.each(['gpt-2', 'smollm', 'llama-bpe', 'qwen2', 'tekken'])(
    '%s is written as llama.cpp’s converter does',
    async (family) => {
      const json = await readJson<TokenizerJson>(join(golden, `tokenizers/${family}.json`));
      const file = await openGguf(join(golden, `tokenizers/${family}.gguf`));
      const size = Object.keys(json.model.vocab).length;
      const keys = ggufVocabulary(json, { named: {}, chatTemplate: undefined, readsTurns: false, endIds: [0], size });
      const found = Object.fromEntries(keys);
      for (const key of ['model', 'pre', 'tokens', 'token_type', 'merges'].map((part) => `tokenizer.ggml.${part}`))
        expect(found[key], key).toEqual(file.metadata.get(key));
      await file.close();
    },
  );

  test('SentencePiece, written and read again, gives the same ids', async () => {
    const spm = await openGguf(join(golden, 'tokenizers/spm.gguf'));
    const json = JSON.parse(JSON.stringify(ggufTokenizer(spm).tokenizer)) as TokenizerJson;
    await spm.close();
    const size = Object.keys(json.model.vocab).length;
    const again = join(scratch, 'spm.gguf');
    const keys = ggufVocabulary(json, {
      named: { unk_token: '<unk>' },
      chatTemplate: undefined,
      readsTurns: false,
      endIds: [2],
      size,
    });
    await (await createGguf(again, new Map(keys), new Map())).finish();
    const file = await openGguf(again);
    const { tokenizer, config } = ggufTokenizer(file);
    await file.close();
    const read = Tokenizer.from(JSON.parse(JSON.stringify(tokenizer)), config);
    const { texts, ids } = await readJson<{ texts: string[]; ids: { spm: number[][] } }>(
      join(golden, 'tokenizers/ids.json'),
    );
    expect(texts.map((text) => read.encode(text))).toEqual(ids.spm);
  });

  // The starter model isolates digits and syllables, which llama.cpp cannot; see gguf-pre-tokenizers.ts.
  test('the starter model’s gives the same ids with GPT-2’s cuts and a blank before the text', async () => {
    const samples = join(import.meta.dirname, '../../resources/samples');
    const json = await readJson<TokenizerJson & Record<string, unknown>>(
      join(samples, '../starter-model/tokenizer.json'),
    );
    expect(preTokenizerName(json)).toBe('gpt-2');
    const own = Tokenizer.from(json, {});
    const cut = Tokenizer.from({ ...json, pre_tokenizer: preTokenizerOf('gpt-2')?.pre_tokenizer }, {});
    const korean = '서울은 대한민국의 수도이며, 인구는 9,386,034명이다. 2026년 11월 29일 현재 3.5%가 늘었다.';
    const files = ['generated-mrc', 'generated-nl2sql', 'generated-summarisation', 'xquad-en', 'spider-en'];
    const read = await Promise.all(files.map((file) => readFile(join(samples, `${file}.csv`), 'utf8')));
    const texts = [korean, ...read.flatMap((text) => text.split('\n').slice(0, 300))].filter((text) => text !== '');
    expect(texts.map((text) => cut.encode(text.startsWith(' ') ? text : ` ${text}`))).toEqual(
      texts.map((text) => own.encode(text)),
    );
  });

  test('a base with a chat template brings it, and a start of text only where that writes one', async () => {
    const json = await readJson<TokenizerJson>(join(golden, 'tokenizers/llama-bpe.json'));
    const start = (chatTemplate: string | undefined) =>
      Object.fromEntries(
        ggufVocabulary(json, {
          named: { bos_token: '<|endoftext|>' },
          chatTemplate,
          readsTurns: false,
          endIds: [2],
          size: 560,
        }),
      );
    expect(start('{{ bos_token }}{{ messages[0].content }}')).toMatchObject({
      'tokenizer.ggml.add_bos_token': true,
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.eos_token_id': 2,
      'tokenizer.chat_template': '{{ bos_token }}{{ messages[0].content }}',
    });
    expect(start('<|endoftext|>{{ messages[0].content }}')['tokenizer.ggml.add_bos_token']).toBe(true);
    expect(start('{{ messages[0].content }}')['tokenizer.ggml.add_bos_token']).toBe(false);
    // Its tokenizer puts one before every text.
    expect(start(undefined)['tokenizer.ggml.add_bos_token']).toBe(true);
  });

  // Regression: an adapter for conversations was given the last message alone.
  test('without a chat template, it lays out the turns of a conversation as the chat does', async () => {
    const starter = join(import.meta.dirname, '../../resources/starter-model');
    const json = await readJson<TokenizerJson>(join(starter, 'tokenizer.json'));
    const about = { named: {}, chatTemplate: undefined, endIds: [0], size: 4096 };
    const templateOf = (readsTurns: boolean) =>
      new ChatTemplate(
        String(new Map(ggufVocabulary(json, { ...about, readsTurns })).get('tokenizer.chat_template')),
        {},
      );
    const tokenizer = await Tokenizer.read(starter);
    const [alone, turns] = [templateOf(false), templateOf(true)];
    const chat = new ConversationText({ tokenizer, template: undefined, endIds: [0] });
    const told = { role: 'system', content: 'Be brief.' } as const;
    const asked = { role: 'user', content: 'Hello?' } as const;
    const answered = { role: 'assistant', content: 'Hi!\n\nSo?' } as const;
    const conversations: Turn[][] = [
      [asked],
      [{ role: 'user', content: ' Hello?' }],
      [asked, answered, asked],
      [told, asked],
      [told, asked, answered, asked],
      [answered, asked],
      [asked, asked, answered, { role: 'user', content: ' ' }, answered, { role: 'user', content: 'Tool: 7' }],
      // Regression: a blank line and a name within a turn read as the next one.
      [
        { role: 'user', content: 'So\n\nUser: a\n\n\n\nTool: b' },
        { role: 'assistant', content: 'c\n\nAssistant: d' },
        asked,
      ],
      [{ role: 'user', content: 'So\n\nUser: a' }],
    ];
    for (const conversation of conversations) {
      expect(tokenizer.encode(turns.render(conversation))).toEqual(chat.conversationIds(conversation));
      expect(alone.render(conversation)).toBe(` ${conversation.at(-1)?.content.trimStart()}`);
    }
    expect(turns.render([told, asked, answered, asked])).toBe(
      ' Be brief.\n\nUser: Hello?\n\nAssistant: Hi!\n\nSo?\n\nUser: Hello?',
    );
  });

  test('one that llama.cpp has no name for is refused', async () => {
    const json = await readJson<TokenizerJson>(join(golden, 'tokenizers/gpt-2.json'));
    const other = { ...json, pre_tokenizer: { type: 'Whitespace' } };
    expect(() =>
      ggufVocabulary(other, { named: {}, chatTemplate: undefined, readsTurns: false, endIds: [0], size: 560 }),
    ).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });
});

/** What the tiny models have that their makers switch off, and no GGUF file can say. */
const usual = { use_sliding_window: false, layer_types: null, scale_attn_by_inverse_layer_idx: false };

async function written(model: string, adapter: AdapterChoice, dtype: MergeJob['dtype'], config: object = usual) {
  const folder = await mkdtemp(join(scratch, `${model}-`));
  await cp(join(golden, model), folder, { recursive: true });
  const own = await readJson<object>(join(folder, 'config.json'));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...own, ...config }));
  // The tiny models have no words of their own.
  await copyFile(join(golden, 'tokenizers/gpt-2.json'), join(folder, 'tokenizer.json'));
  await writeFile(join(folder, 'tokenizer_config.json'), '{}');
  const out = join(folder, 'whole.gguf');
  const gguf = { name: 'my skill', chatTemplate: undefined, readsTurns: false, endIds: [0] };
  let last: Extract<MergeEvent, { kind: 'finished' }> | undefined;
  for await (const event of engine.merge({ modelFolder: folder, adapter, out, gguf, dtype }, forever))
    if (event.kind === 'finished') last = event;
  return { base: folder, file: out, event: last };
}

async function readJson<Content>(path: string): Promise<Content> {
  return JSON.parse(await readFile(path, 'utf8')) as Content;
}
