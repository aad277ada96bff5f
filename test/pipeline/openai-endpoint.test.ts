import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type App, createApp } from '../../src-main/app.ts';
import { startEngineChild } from '../../src-main/host/engine-child.ts';
import { openEndpoint } from '../../src-main/host/openai/open-endpoint.ts';
import { superviseEngine } from '../../src-main/host/supervised-engine.ts';
import { writeTinyAdapter } from '../fixtures/tiny-adapter.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';

// OpenAI's own client against the studio's address: a tiny model, eight random adapters, and the real engine.
const adapters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h h:h'];

let folder: string;
let app: App;
let stopEngine: () => Promise<void>;
let openai: OpenAI;
let url: string;
let key: string;
const clientOf = () => createRouterClient(app.router, { context: { caller: 'trusted' } });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-studio-openai-'));
  const { engine, stop } = superviseEngine(() =>
    startEngineChild(new URL('../../src-main/engine/engine-process.ts', import.meta.url), process.env),
  );
  stopEngine = stop;
  const resourcesDir = join(import.meta.dirname, '../../resources');
  app = await createApp({ dataDir: join(folder, 'home'), resourcesDir, engine, openEndpoint });
  const modelFolder = join(folder, 'tiny');
  writeTinyModel(modelFolder);
  const base = await clientOf().baseModels.import({ path: modelFolder, name: 'tiny' });
  for (const [seed, name] of adapters.entries()) {
    const path = join(folder, `adapter ${seed}`);
    await writeTinyAdapter(path, { modelFolder, seed });
    await clientOf().adapters.import({ path, name, baseModelId: base.id });
  }
  expect(await clientOf().endpoint.get()).toMatchObject({ available: true, on: false, url: null });
  const opened = await clientOf().endpoint.set({ on: true });
  url = opened.url ?? '';
  key = opened.key;
  openai = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
});

afterAll(async () => {
  await app.close();
  await stopEngine();
  rmSync(folder, { recursive: true, force: true });
});

test('lists bases and their adapters as base:adapter and retrieves them by name', async () => {
  const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['tiny', ...adapters.map((name) => `tiny:${name}`)]));
  expect(await openai.models.retrieve('tiny:h h:h')).toMatchObject({ id: 'tiny:h h:h', object: 'model' });
});

test('eight adapters in 32 concurrent requests answer as they do alone, whole and streamed', async () => {
  const ask = (name: string, number: number) => ({
    model: `tiny:${name}`,
    messages: [{ role: 'user' as const, content: `Question ${number}?` }],
    max_tokens: 12,
  });
  const alone = new Map<string, string>();
  const client = clientOf();
  for (const adapterId of adapters) {
    for (const number of [1, 2]) {
      const text = `Question ${number}?`;
      const about = { baseModelId: 'tiny', adapterId, prompt: { kind: 'text' as const, text } };
      const events = await Array.fromAsync(await client.chat.generate({ ...about, sampling: { maxTokens: 12 } }));
      const last = events.at(-1);
      if (last?.kind === 'finished') alone.set(`${adapterId} ${number}`, last.generation.text);
    }
  }
  expect(new Set(alone.values()).size).toBeGreaterThan(8);

  const requests = [1, 2].flatMap((number) => adapters.map((name) => ({ name, number })));
  const whole = requests.map(async ({ name, number }) => {
    const { choices, usage } = await openai.chat.completions.create(ask(name, number));
    expect(usage?.prompt_tokens).toBe(11);
    return choices[0]?.message.content;
  });
  const streamed = requests.map(async ({ name, number }) => {
    let text = '';
    const chunks = await openai.chat.completions.create({
      ...{ ...ask(name, number), stream: true },
      stream_options: { include_usage: true },
    });
    let tokens: number | undefined;
    for await (const chunk of chunks) {
      text += chunk.choices[0]?.delta.content ?? '';
      expect(chunk.usage).not.toBeUndefined();
      tokens ??= chunk.usage?.completion_tokens;
    }
    expect(tokens).toBeGreaterThan(0);
    return text;
  });
  const expected = requests.map(({ name, number }) => alone.get(`${name} ${number}`));
  expect(await Promise.all([...whole, ...streamed])).toEqual([...expected, ...expected]);
});

test('completes a text, whole and streamed, and ends at a stop sequence', async () => {
  const about = { model: 'tiny', prompt: 'Once', max_tokens: 8, seed: 3, temperature: 1 };
  const { choices } = await openai.completions.create(about);
  const text = choices[0]?.text ?? '';
  expect(choices[0]?.finish_reason).toBe('length');
  let streamed = '';
  for await (const chunk of await openai.completions.create({ ...about, stream: true })) {
    streamed += chunk.choices[0]?.text ?? '';
  }
  expect(streamed).toBe(text);
  const stop = text.slice(3, 5);
  const stopped = await openai.completions.create({ ...about, stop });
  expect(stopped.choices[0]).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finish_reason: 'stop' });
});

test('an adapter at strength 0 equals its base', async () => {
  const messages = [{ role: 'user' as const, content: 'x' }];
  const at = async (model: string, more: object) =>
    (await openai.chat.completions.create({ model, messages, max_tokens: 6, ...more })).choices[0]?.message.content;
  expect(await at('tiny:a', { adapter_strength: 0 })).toBe(await at('tiny', {}));
});

// A random model would never write any of this by itself.
const sorted = {
  type: 'object',
  properties: {
    kind: { enum: ['cat', 'dog', 'bird'] },
    tame: { type: 'boolean' },
    legs: { type: ['integer', 'null'], minimum: 0, maximum: 99 },
    near: { $ref: '#/$defs/places' },
  },
  required: ['kind', 'tame', 'legs', 'near'],
  additionalProperties: false,
  $defs: { places: { type: 'array', items: { enum: ['home', 'wood'] }, minItems: 1, maxItems: 2 } },
};
const sortedParser = z.strictObject({
  kind: z.enum(['cat', 'dog', 'bird']),
  tame: z.boolean(),
  legs: z.int().min(0).max(99).nullable(),
  near: z
    .array(z.enum(['home', 'wood']))
    .min(1)
    .max(2),
});
const asSorted = { type: 'json_schema' as const, json_schema: { name: 'sorted', strict: true, schema: sorted } };

test('answers are held to a schema, whole and streamed, of the base and of adapters side by side', async () => {
  const ask = (model: string, more: object) => ({
    ...{ model, messages: [{ role: 'user' as const, content: 'Tom' }], max_tokens: 400, response_format: asSorted },
    ...more,
  });
  const ways = ['tiny', 'tiny:a', 'tiny:b', 'tiny:c'].flatMap((model) => [
    ask(model, {}),
    ask(model, { temperature: 1, seed: 5 }),
  ]);
  const whole = await Promise.all(ways.map((way) => openai.chat.completions.parse(way)));
  for (const { choices } of whole) {
    expect(choices[0]?.finish_reason).toBe('stop');
    expect(sortedParser.safeParse(choices[0]?.message.parsed).error).toBeUndefined();
  }
  const streamed = await Promise.all(ways.map((way) => openai.chat.completions.stream(way).finalChatCompletion()));
  expect(streamed.map(({ choices }) => choices[0]?.message.content)).toEqual(
    whole.map(({ choices }) => choices[0]?.message.content),
  );
  const cut = await openai.chat.completions.create(ask('tiny', { max_tokens: 5 }));
  expect(cut.choices[0]).toMatchObject({
    finish_reason: 'length',
    message: { content: expect.stringMatching(/^\s*{/) },
  });
});

test('answers are one of some texts, and a schema that cannot be followed is refused with its fault', async () => {
  const ask = (more: object) =>
    openai.chat.completions
      .create({ model: 'tiny:a', messages: [{ role: 'user', content: 'Tom' }], max_tokens: 40, ...more })
      .catch((error: unknown) => error);
  const choice = ['a cat', 'a dog', 'something else'];
  for (const temperature of [0, 1]) {
    const answer = await ask({ guided_choice: choice, temperature });
    expect(answer).toMatchObject({
      choices: [
        { finish_reason: 'stop', message: { content: expect.stringMatching(/^(a cat|a dog|something else)$/) } },
      ],
    });
  }
  const endless = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
  for (const stream of [false, true]) {
    const refused = await ask({
      stream,
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: endless } },
    });
    expect(refused).toMatchObject({
      ...{ status: 400, code: 'form_refused', type: 'invalid_request_error' },
      message: expect.stringContaining('#/properties/next'),
    });
  }
});

// Regression: the turns before the last one were silently dropped.
test('a model without a chat template says that it reads one user message alone', async () => {
  const ask = (messages: OpenAI.ChatCompletionMessageParam[]) =>
    openai.chat.completions.create({ model: 'tiny:a', messages, max_tokens: 2 }).catch((error: unknown) => error);
  const question = { role: 'user' as const, content: 'x' };
  const refusal = { status: 400, message: expect.stringContaining('“tiny” has no chat template') };
  expect(await ask([{ role: 'system', content: 'Be brief.' }, question])).toMatchObject(refusal);
  expect(await ask([question, { role: 'assistant', content: 'y' }, question])).toMatchObject(refusal);
  expect(await ask([{ role: 'system', content: 'Be brief.' }])).toMatchObject(refusal);
  expect(await ask([question])).toMatchObject({ choices: [{ index: 0 }] });
});

test('reports errors in OpenAI’s format', async () => {
  const messages = [{ role: 'user' as const, content: 'x' }];
  const refusal = (call: Promise<unknown>) => call.then(() => undefined).catch((error: APIError) => error);
  expect(await refusal(openai.chat.completions.create({ model: 'nobody', messages }))).toMatchObject({
    ...{ status: 404, code: 'model_not_found', param: 'model', type: 'invalid_request_error' },
  });
  expect(await refusal(openai.chat.completions.create({ model: 'tiny', messages, n: 2 }))).toMatchObject({
    ...{ status: 400, param: 'n' },
  });
  const long = [{ role: 'user' as const, content: 'x'.repeat(600) }];
  for (const stream of [false, true]) {
    expect(await refusal(openai.chat.completions.create({ model: 'tiny', messages: long, stream }))).toMatchObject({
      ...{ status: 400, code: 'context_length_exceeded' },
    });
  }
  // The API that the client's own introduction begins with, and a base URL without its end.
  const lost = new OpenAI({ baseURL: url.replace('/v1', ''), apiKey: key, maxRetries: 0 });
  const toNothing = [() => openai.responses.create({ model: 'tiny', input: 'x' }), async () => lost.models.list()];
  for (const call of toNothing) {
    expect(await refusal(call())).toMatchObject({
      ...{ status: 404, code: 'unknown_url', message: expect.stringContaining('Use /v1/chat/completions') },
    });
  }
  const stranger = new OpenAI({ baseURL: url, apiKey: 'as-wrong', maxRetries: 0 });
  const unknown = await refusal(stranger.chat.completions.create({ model: 'tiny', messages }));
  expect(unknown).toBeInstanceOf(APIError);
  expect(unknown).toMatchObject({ status: 401, code: 'invalid_api_key' });
});

test('rejects web origins, other hosts, wrong methods and oversized bodies', async () => {
  const authorization = `Bearer ${key}`;
  const json = { authorization, 'content-type': 'application/json' };
  expect(await status('/v1/models', { headers: { authorization } })).toBe(200);
  expect(await status('/v1/models', { headers: {} })).toBe(401);
  expect(await status('/v1/models', { headers: { authorization, origin: 'http://evil.example' } })).toBe(403);
  expect(await status('/v1/models', { headers: { authorization, host: 'evil.example' } })).toBe(403);
  expect(await status('/v1/models', { method: 'POST', headers: { authorization } })).toBe(405);
  expect(await status('/v1/chat/completions', { headers: { authorization } })).toBe(405);
  expect(await status('/v1/models/%E0%A4%A', { headers: { authorization } })).toBe(400);
  expect(await status('/../etc/passwd', { headers: { authorization } })).toBe(404);
  const to = '/v1/chat/completions';
  expect(await status(to, { method: 'POST', headers: { authorization }, body: '{}' })).toBe(415);
  expect(await status(to, { method: 'POST', headers: json, body: '{' })).toBe(400);
  expect(await status(to, { method: 'POST', headers: json, body: '"'.padEnd(5_000_000) })).toBe(413);
});

test('the requests are kept with their outcomes, and neither their texts nor any key', async () => {
  const before = (await clientOf().endpoint.requests())[0]?.id ?? 0;
  const text = 'A very private question';
  const ask = (about: object, client = openai) =>
    client.chat.completions
      .create({ model: 'tiny:a', messages: [{ role: 'user', content: text }], max_tokens: 3, ...about })
      .catch(() => undefined);
  await ask({});
  for await (const _ of (await openai.completions.create({
    model: 'tiny',
    prompt: text,
    max_tokens: 2,
    stream: true,
  })) ?? []);
  await ask({ model: 'nobody' });
  await ask({ messages: [{ role: 'user', content: text.repeat(40) }] });
  await ask({ n: 2 });
  await ask({}, new OpenAI({ baseURL: url, apiKey: 'as-mistaken', maxRetries: 0 }));
  await status('/v1/models?key=as-mistaken', { headers: {} });
  await openai.models.list();
  const requests = (await clientOf().endpoint.requests()).filter(({ id }) => id > before).toReversed();
  const failed = (httpStatus: number, code: string) => ({ kind: 'failed', status: httpStatus, failure: { code } });
  const program = expect.stringMatching(/^OpenAI\/JS /);
  expect(requests).toMatchObject([
    { program, path: '/v1/chat/completions', model: 'tiny:a', tokens: 3, outcome: { kind: 'answered' } },
    { program, path: '/v1/completions', model: 'tiny', tokens: 2, outcome: { kind: 'answered' } },
    { model: 'nobody', tokens: null, outcome: failed(404, 'ENDPOINT_MODEL_UNKNOWN') },
    { model: 'tiny:a', outcome: failed(400, 'CONTEXT_TOO_LONG') },
    { model: null, outcome: failed(400, 'ENDPOINT_REFUSED') },
    { model: null, outcome: failed(401, 'ENDPOINT_KEY_WRONG') },
    { program: '', path: '/v1/models', outcome: failed(401, 'ENDPOINT_KEY_MISSING') },
    { program, path: '/v1/models', outcome: { kind: 'answered' } },
  ]);
  for (const { promptTokens, durationMs } of requests.slice(0, 2)) {
    expect([promptTokens, durationMs]).toEqual([expect.any(Number), expect.any(Number)]);
  }
  const kept = JSON.stringify(requests);
  for (const secret of ['private', key, 'mistaken']) expect(kept).not.toContain(secret);
});

// Regression: it got another address each time it was opened.
test('a new key shuts the old one out at the same address, and switched off nothing answers', async () => {
  const renewed = await clientOf().endpoint.renewKey();
  expect(renewed.key).not.toBe(key);
  expect(renewed.url).toBe(url);
  const address = new URL(renewed.url ?? '');
  const models = async (bearer: string) =>
    (await fetch(`${address}/models`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  expect(await models(key)).toBe(401);
  expect(await models(renewed.key)).toBe(200);
  // A new key can be taken back.
  expect(await clientOf().endpoint.set({ on: true, key })).toMatchObject({ url, key });
  expect([await models(key), await models(renewed.key)]).toEqual([200, 401]);
  await clientOf().endpoint.set({ on: true, key: renewed.key });
  expect(await clientOf().endpoint.set({ on: false })).toMatchObject({ on: false, url: null });
  await expect(models(renewed.key)).rejects.toThrow();
  const other = createServer().listen(Number(address.port), '127.0.0.1');
  await once(other, 'listening');
  const moved = await clientOf().endpoint.set({ on: true });
  expect(moved).toMatchObject({ on: true, missedPort: Number(address.port) });
  expect(moved.url).not.toBe(url);
  other.close();
  await once(other, 'close');
  await clientOf().endpoint.set({ on: false });
  expect(await clientOf().endpoint.set({ on: true })).toMatchObject({ url, missedPort: null });
  const taken = await clientOf().endpoint.set({ on: true, port: 1 });
  expect(taken.on ? null : taken.problem).not.toBe('');
});

function status(
  path: string,
  { method = 'GET', headers, body }: { method?: string; headers: Record<string, string>; body?: string },
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers: { host, ...headers }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // Refusing a large body may end the connection while it is still being sent.
    call.on('error', reject);
    call.end(body);
  });
}
