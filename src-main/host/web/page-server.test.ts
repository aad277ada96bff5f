import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { os, type RouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { CallerContext } from '../../../src-contract/caller.ts';
import { type PageServer, servePage } from './page-server.ts';

// Uses real loopback sockets, to send what a hostile page or program could send.

const router = {
  double: os.handler(({ input }) => Number(input) * 2),
  sizeOf: os.handler(({ input }) => (input as Blob).size),
  caller: os.$context<{ caller: string }>().handler(({ context }) => context.caller),
  wait: os.$context<CallerContext>().handler(({ context }) => {
    context.left?.addEventListener('abort', () => left.resolve());
  }),
};

const left = Promise.withResolvers<void>();

let folder: string;
let server: PageServer;
let origin: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-page-'));
  await mkdir(path.join(folder, 'page/assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.html'), 'secret');
  await writeFile(path.join(folder, 'page/index.html'), '<title>Studio</title>');
  await writeFile(path.join(folder, 'page/assets/app-1a2b.js'), 'export {};');
  server = await servePage({ router, pageFolder: path.join(folder, 'page'), port: 0 });
  origin = new URL(server.url).origin;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('the printed address gives a session and leaves no token in the address bar', async () => {
  const first = await get(pathOf(server.url));
  expect(first.status).toBe(303);
  expect(first.headers.location).toMatch(/^\/#key=[\w-]{43}\.[\w-]{43}$/);
  expect(first.headers['set-cookie']?.[0]).toMatch(
    /^adapter-studio-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const page = await get('/', { cookie: cookieOf(first.headers) });
  expect(page).toMatchObject({ status: 200, body: '<title>Studio</title>' });
});

test('the token works only once', async () => {
  await get(pathOf(server.url));
  const second = await get(pathOf(server.url));
  expect(second.status).toBe(401);
  expect(second.headers['set-cookie']).toBeUndefined();
  expect(second.body).toContain('works only once');
});

test('with a session, the printed address can be opened again', async () => {
  expect((await get(pathOf(server.url), { cookie: await session() })).status).toBe(303);
});

test('without a token or session nothing is served, not even whether a file exists', async () => {
  expect((await get('/')).status).toBe(401);
  expect((await get('/assets/app-1a2b.js')).status).toBe(401);
  expect((await get('/assets/missing.js')).status).toBe(401);
});

test('a wrong token gives no session and leaves the right one usable', async () => {
  expect((await get('/?token=wrong')).status).toBe(401);
  expect((await get('/?token=')).status).toBe(401);
  expect((await get(pathOf(server.url))).status).toBe(303);
});

test('a wrong session is refused', async () => {
  const forged = (await session()).replace(/=.*/, '=AAAA');
  expect((await get('/', { cookie: forged })).status).toBe(401);
});

test('a foreign name in Host is refused even with the session', async () => {
  const cookie = await session();
  for (const host of [
    'studio.example:80',
    `localhost:${new URL(origin).port}`,
    '127.0.0.1',
    `evil.${new URL(origin).host}`,
  ]) {
    expect((await get('/', { cookie, host })).status, host).toBe(403);
  }
});

test('a foreign Origin is refused even with the session', async () => {
  const cookie = await session();
  for (const from of ['http://studio.example', 'null', 'http://127.0.0.1:1', origin.replace('http', 'https')]) {
    expect((await get('/', { cookie, origin: from })).status, from).toBe(403);
  }
});

test('only GET and HEAD are answered', async () => {
  const cookie = await session();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    expect((await get('/', { cookie }, method)).status, method).toBe(405);
  }
  expect(await get('/', { cookie }, 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test('no path leads out of the page folder', async () => {
  const cookie = await session();
  for (const address of [
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/..\\..\\secret.html',
    '//etc/passwd',
    '/assets',
    '/assets/app-1a2b.js%00.html',
  ]) {
    const answer = await get(address, { cookie });
    expect(answer.status, address).toBe(404);
    expect(answer.body, address).not.toContain('secret');
  }
});

test('every answer forbids what the page does not need', async () => {
  for (const answer of [await get('/'), await get('/', { cookie: await session() })]) {
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('a page with the session calls the contract as the caller “page”', async () => {
  const client = await clientOf(openSocket(await pass()));
  expect(await client.double(21 as never)).toBe(42);
  expect(await client.caller()).toBe('page');
  expect(await client.sizeOf(new Blob([new Uint8Array(1024 * 1024)]) as never)).toBe(1024 * 1024);
});

test('closing the socket aborts the signal that the page has left', async () => {
  const socket = openSocket(await pass());
  const client = await clientOf(socket);
  await client.wait();
  socket.close();
  await left.promise;
});

test.each([
  ['without a session', async () => ({ ...(await pass()), cookie: '' })],
  // A browser sends the cookie to whoever serves another port of this machine.
  ['with the cookie alone', async () => ({ ...(await pass()), key: '' })],
  ['with the key of another start', async () => ({ ...(await pass()), key: 'x'.repeat(43) })],
  ['without an origin', async () => ({ ...(await pass()), origin: '' })],
  ['from another site', async () => ({ ...(await pass()), origin: 'http://studio.example' })],
  ['under another host name', async () => ({ ...(await pass()), host: 'studio.example' })],
])('a socket %s is refused', async (_, headers) => {
  await expect(opened(openSocket(await headers()))).rejects.toThrow(/40[13]/);
});

test('a socket is accepted at its own address only', async () => {
  await expect(opened(openSocket(await pass(), '/'))).rejects.toThrow('404');
});

test('a message over the limit closes the socket and nothing else', async () => {
  const own = await pass();
  const socket = openSocket(own);
  await opened(socket);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.send(new Uint8Array(2 * 1024 * 1024 + 1));
  expect(await closed).toBe(1009);
  expect((await get('/', { cookie: own.cookie })).status).toBe(200);
});

test('garbage on a socket disturbs neither the server nor other pages', async () => {
  // The server logs messages that it could not read.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const own = await pass();
  const socket = openSocket(own);
  await opened(socket);
  for (const noise of ['', 'no json', '{}', '[]', '{"i":1}', Buffer.from([0xff, 0, 1])]) socket.send(noise);
  const client = await clientOf(openSocket(own));
  expect(await client.double(4 as never)).toBe(8);
});

test('closing ends every connection', async () => {
  const socket = openSocket(await pass());
  await opened(socket);
  const idle = connect(Number(new URL(origin).port), '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  const ended = Promise.all([socket, idle].map((one) => new Promise((resolve) => one.once('close', resolve))));
  idle.on('error', () => {});
  await server.close();
  await ended;
});

// Regression: the studio could not be stopped as long as a refused client kept its side of the connection open.
test('a refused socket whose client does not leave keeps nothing open', async () => {
  const { host, port } = new URL(origin);
  const stranger = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  stranger.write(`GET /contract HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  let answer = '';
  for await (const piece of stranger.iterator({ destroyOnReturn: false })) answer += piece;
  expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden/);
  await server.close();
  stranger.destroy();
});

function pathOf(url: string): string {
  return url.slice(new URL(url).origin.length);
}

async function session(): Promise<string> {
  return cookieOf((await get(pathOf(server.url))).headers);
}

/** What the page opens its socket with. */
async function pass() {
  const { headers } = await get(pathOf(server.url));
  return { origin, cookie: cookieOf(headers), key: /^\/#key=([^.]+)/.exec(headers.location ?? '')?.[1] ?? '' };
}

function cookieOf(headers: IncomingHttpHeaders): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** `fetch` would refuse to forge Host and would normalise the path. */
function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const sent = request({ hostname, port, path: address, method, headers, agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    sent.on('error', reject).end();
  });
}

/** What is empty is not sent. */
function openSocket({ key, ...headers }: Awaited<ReturnType<typeof pass>>, address = '/contract'): WebSocket {
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  return new WebSocket(origin.replace('http', 'ws') + address, key === '' ? [] : [key], { headers: sent });
}

/** Once the studio has greeted it. */
async function clientOf(socket: WebSocket): Promise<RouterClient<typeof router>> {
  await once(socket, 'message');
  // `ws` has all that the link needs of a socket: send, readyState and listeners.
  return createORPCClient(new RPCLink({ websocket: socket as never }));
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
}
