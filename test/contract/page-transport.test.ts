import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type PageServer, servePage } from '../../src-main/host/web/page-server.ts';
import type { ConnectionState } from '../../src-renderer/client.ts';

// The page's own transport file, over a real port and a real socket. `location`, `window` and the cookie jar, which
// Node.js lacks, are stubbed.

const router = { studio: { status: os.handler(() => ({ version: '0.1.0' })) } };

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('in the desktop window the page offers one port and is answered on it', async () => {
  const messages: unknown[] = [];
  vi.stubGlobal('location', { protocol: 'app:', origin: 'app://studio' });
  vi.stubGlobal('window', {
    postMessage(message: unknown, origin: string, [port]: [MessagePort]) {
      messages.push([message, origin]);
      new RPCHandler(router).upgrade(port);
      port.start();
      cleanUps.push(() => port.close());
    },
  });
  const { client, connection } = await import('../../src-renderer/client.ts');
  expect(messages).toEqual([]);
  expect(await client.studio.status()).toEqual({ version: '0.1.0' });
  expect(await client.studio.status()).toEqual({ version: '0.1.0' });
  expect(messages).toEqual([['adapter-studio:port', 'app://studio']]);
  expect(connection.current).toBe('open');
});

test('in a browser the page finds its way back when the socket drops', async () => {
  const server = await startServer();
  const sockets = await stubBrowser(server);
  const { client, connection } = await import('../../src-renderer/client.ts');
  const states = record(connection);
  expect(await client.studio.status()).toEqual({ version: '0.1.0' });
  sockets[0]?.terminate();
  await states.until('open', 2);
  expect(await client.studio.status()).toEqual({ version: '0.1.0' });
  expect(states.seen).toEqual(['connecting', 'open', 'lost', 'open']);
});

test('a call that waits when the socket drops fails', async () => {
  const server = await startServer({ studio: { status: os.handler(() => new Promise(() => {})) } });
  const sockets = await stubBrowser(server);
  const { client, connection } = await import('../../src-renderer/client.ts');
  const states = record(connection);
  const failing = expect(client.studio.status()).rejects.toThrow();
  await states.until('open', 1);
  sockets[0]?.terminate();
  await failing;
});

test('a studio that was started anew refuses the page, and the page says so', async () => {
  const server = await startServer();
  await stubBrowser(server);
  const { client, connection } = await import('../../src-renderer/client.ts');
  const states = record(connection);
  await client.studio.status();
  const { port } = new URL(server.url);
  await server.close();
  await states.until('lost', 1);
  await startServer(router, Number(port));
  await states.until('refused', 1);
  expect(states.seen).toEqual(['connecting', 'open', 'lost', 'refused']);
});

// Regression: it was asked what the studio is asked, and told what a person typed, while the page said nothing.
test('a page whose port another program has taken tells it nothing, and goes on trying', async () => {
  const server = await startServer();
  await stubBrowser(server);
  const { client, connection } = await import('../../src-renderer/client.ts');
  const states = record(connection);
  await client.studio.status();
  await server.close();
  await states.until('lost', 1);
  // As many do: it takes every socket, with the protocol that it is offered.
  const stranger = new WebSocketServer({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  cleanUps.push(() => stranger.close());
  const told: unknown[] = [];
  stranger.on('connection', (socket) => {
    socket.on('message', (message) => told.push(String(message)));
    socket.send('welcome');
  });
  await once(stranger, 'connection');
  await expect(client.studio.status()).rejects.toThrow('does not answer');
  await once(stranger, 'connection');
  expect(told).toEqual([]);
  expect(states.seen).toEqual(['connecting', 'open', 'lost']);
});

async function startServer(served: object = router, port = 0): Promise<PageServer> {
  const pageFolder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-transport-'));
  cleanUps.push(() => rm(pageFolder, { recursive: true }));
  await writeFile(path.join(pageFolder, 'index.html'), '');
  const server = await servePage({ router: served as never, pageFolder, port });
  cleanUps.push(() => server.close());
  return server;
}

/** Opens the printed address like a browser, and keeps its cookie for what the page opens later. */
async function stubBrowser(server: PageServer): Promise<WebSocket[]> {
  const { origin } = new URL(server.url);
  const answer = await fetch(server.url, { redirect: 'manual' });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const kept = new Map<string, string>();
  const sockets: WebSocket[] = [];
  const { fetch: realFetch, setTimeout: realSetTimeout } = globalThis;
  // A page that has lost its studio tries again without end, also while other tests run.
  let isOver = false;
  cleanUps.push(() => {
    isOver = true;
  });
  vi.stubGlobal('setTimeout', (again: () => void, ms: number) => realSetTimeout(() => isOver || again(), ms));
  const { hash } = new URL(answer.headers.get('location') ?? '', origin);
  vi.stubGlobal('location', { protocol: 'http:', href: `${origin}/`, hash });
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  vi.stubGlobal('history', { replaceState: vi.fn() });
  (await import('../../src-renderer/client.ts')).keepSocketKey();
  expect(history.replaceState).toHaveBeenCalledWith(null, '', '/');
  vi.stubGlobal('fetch', (address: string, init: RequestInit) =>
    realFetch(new URL(address, origin), { ...init, headers: { cookie } }),
  );
  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(url: URL, protocols: string[]) {
        super(url, protocols, { headers: { cookie, origin } });
        // Browsers report a failed connection by `close`; without a listener `ws` would throw as well.
        this.on('error', () => {});
        sockets.push(this);
        cleanUps.push(async () => {
          if (this.readyState === WebSocket.CLOSED) return;
          this.terminate();
          await new Promise((resolve) => this.once('close', resolve));
        });
      }
    },
  );
  return sockets;
}

function record(connection: { subscribe(listener: (state: ConnectionState) => void): () => void }) {
  const seen: ConnectionState[] = [];
  const waiting: (() => void)[] = [];
  cleanUps.push(
    connection.subscribe((state) => {
      seen.push(state);
      for (const check of waiting) check();
    }),
  );
  return {
    seen,
    /** Resolves when `state` has been entered `times` times. */
    until: (state: ConnectionState, times: number) =>
      new Promise<void>((resolve) => {
        const check = () => seen.filter((one) => one === state).length >= times && resolve();
        waiting.push(check);
        check();
      }),
  };
}
