import { request } from 'node:http';
import { connect } from 'node:net';
import OpenAI from 'openai';
import { expect, onTestFinished, test } from 'vitest';
import type { StudioClient } from './openai-models.ts';
import { serveOpenai } from './openai-server.ts';

// Regression: the answer was generated to its end for a client that had left, while others waited.
test('nothing is generated for a client that disconnects while its model is looked up', async () => {
  const asked = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<never[]>();
  let generated = 0;
  const studio = {
    baseModels: {
      list: () => {
        asked.resolve();
        return looked.promise;
      },
    },
    adapters: { list: async () => [] },
    chat: {
      generate: async function* () {
        generated++;
        yield* [];
      },
    },
  };
  const told: object[] = [];
  // Only these methods are called.
  const server = await serveOpenai({
    studio: studio as unknown as StudioClient,
    port: 0,
    key: 'key',
    note: () => (news) => void told.push(news),
  });
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json' };
  const leaving = request(`${server.url}/chat/completions`, { method: 'POST', headers });
  const left = new Promise((resolve) => leaving.once('error', resolve));
  leaving.end(JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: 'Hello' }] }));
  await asked.promise;
  leaving.destroy(new Error('left'));
  await left;
  // Once another request is answered, the server has noticed everything before it.
  const another = () => fetch(`${server.url}/nothing`, { headers });
  expect((await another()).status).toBe(404);
  looked.resolve([{ id: 'tiny', name: 'tiny' }] as never[]);
  await another();
  expect(generated).toBe(0);
  expect(told).toContainEqual({ outcome: { kind: 'left' } });
  await server.close();
});

// Regression: the connection was closed on clients that send the whole body before reading the response.
test.each([
  ['told beforehand', (body: string) => `content-length: ${body.length}\r\n\r\n${body}`],
  [
    'sent in pieces',
    (body: string) => `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  ],
])('a body that is too large, %s, gets a 413 that is readable after sending all of it', async (_, sent) => {
  // None of its methods are called.
  const server = await serveOpenai({ studio: {} as StudioClient, port: 0, key: 'key', note: () => () => {} });
  onTestFinished(() => server.close());
  const { host, port } = new URL(server.url);
  const told = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer key\r\ncontent-type: application/json\r\n`;
    socket.write(`${head}${sent('x'.repeat(6_000_000))}`, (error) => {
      if (error) return reject(error);
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('end', () => resolve(text));
    });
    socket.on('error', reject);
  });
  expect(told).toMatch(/^HTTP\/1.1 413 /);
  expect(JSON.parse(told.slice(told.indexOf('\r\n\r\n')))).toMatchObject({
    error: { type: 'invalid_request_error', code: 'body_too_large' },
  });
});

test('reading an endless body stops soon after the size limit', async () => {
  // None of its methods are called.
  const server = await serveOpenai({ studio: {} as StudioClient, port: 0, key: 'key', note: () => () => {} });
  onTestFinished(() => server.close());
  const { host, port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.resume();
  socket.write(`POST /v1/nothing HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1000000000000\r\n\r\n`);
  const piece = Buffer.alloc(1_000_000);
  const sendOn = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', sendOn);
  sendOn();
  await closed;
  expect(socket.bytesWritten).toBeLessThan(100_000_000);
});

async function servingNothing() {
  // Only these methods are called.
  const studio = {
    baseModels: { list: async () => [] },
    adapters: { list: async () => [] },
  } as unknown as StudioClient;
  const server = await serveOpenai({ studio, port: 0, key: 'key', note: () => () => {} });
  onTestFinished(() => server.close());
  return server;
}

// Regression: programs whose windows are drawn by a browser's engine were refused as web pages.
test.each([
  'app://obsidian.md',
  'file://',
  'tauri://localhost',
  'http://tauri.localhost',
  'vscode-webview://1a2b',
  'chrome-extension://abcdef',
  'http://localhost:3000',
  'http://127.0.0.1:8080',
])('a program on this computer with the origin %s may ask and read the answer', async (origin) => {
  const { url } = await servingNothing();
  const asks = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,x-more' };
  const asked = await fetch(`${url}/models`, { method: 'OPTIONS', headers: { origin, ...asks } });
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
  expect(asked.headers.get('access-control-allow-headers')).toBe('authorization,x-more');
  const answered = await fetch(`${url}/models`, { headers: { origin, authorization: 'Bearer key' } });
  expect(answered.status).toBe(200);
  expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
  // It can read that its key is wrong, too.
  const refused = await fetch(`${url}/models`, { headers: { origin, authorization: 'Bearer wrong' } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
});

test.each(['https://evil.example', 'https://localhost.evil.example', 'http://notlocalhost', 'null'])(
  'a page of the web with the origin %s may not ask, even with the key',
  async (origin) => {
    const { url } = await servingNothing();
    for (const method of ['OPTIONS', 'GET']) {
      const refused = await fetch(`${url}/models`, { method, headers: { origin, authorization: 'Bearer key' } });
      expect(refused.status).toBe(403);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
  },
);

// Regression: a program in a container was told that the address can only be reached as 127.0.0.1, which it cannot.
test.each([
  ['host.docker.internal', 200],
  ['host.containers.internal', 200],
  ['evil.example', 403],
])('a request to the host name %s is answered with %i', async (name, status) => {
  const { hostname, port } = new URL((await servingNothing()).url);
  const headers = { host: `${name}:${port}`, authorization: 'Bearer key' };
  const answered = Promise.withResolvers<number | undefined>();
  request({ hostname, port, path: '/v1/models', headers }, (response) => {
    response.resume();
    answered.resolve(response.statusCode);
  }).end();
  expect(await answered.promise).toBe(status);
});

// Regression: nothing was sent until the first word, and clients that wait for minutes at most left long prompts.
test('while a long prompt is read, a stream has begun and says so in comments that clients skip', async () => {
  const read = Promise.withResolvers<void>();
  const studio = {
    baseModels: { list: async () => [{ id: 'tiny', name: 'tiny', sha256: 'x', createdAt: 0 }] },
    adapters: { list: async () => [] },
    chat: {
      generate: async () =>
        (async function* () {
          yield { kind: 'loading', share: 0.5 };
          yield { kind: 'reading', share: 0.257 };
          await read.promise;
          yield { kind: 'text', delta: 'Yes' };
        })(),
    },
  };
  // Only these methods are called.
  const server = await serveOpenai({
    studio: studio as unknown as StudioClient,
    port: 0,
    key: 'key',
    note: () => () => {},
  });
  onTestFinished(() => server.close());
  const openai = new OpenAI({ baseURL: server.url, apiKey: 'key', maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Is it long?' }];
  // Resolves once the headers are there.
  const chunks = await openai.chat.completions.create({ model: 'tiny', messages, stream: true });
  read.resolve();
  expect((await Array.fromAsync(chunks)).map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'Yes']);
});
