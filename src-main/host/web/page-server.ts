import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallerContext } from '../../../src-contract/caller.ts';
import { listPageFiles, type PageFile } from '../page-files.ts';
import { pageHeaders } from '../page-headers.ts';
import { Gate } from './gate.ts';

/** A file piece is at most 1 MiB; its envelope and all other messages are smaller. */
const largestMessageBytes = 2 * 1024 * 1024;
const mostSockets = 32;
const heartbeatMs = 30_000;

export interface PageServer {
  /** Includes the one-time token. */
  readonly url: string;
  /**
   * Switches to another studio: pages lose their connection and reconnect here. While undefined, they are told to wait.
   */
  answerWith(router: AnyRouter | undefined): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * Serves the built page in `pageFolder` and, on `/contract`, one socket per page for `router`, on 127.0.0.1 only.
 * `port` 0 picks a free one.
 */
export async function servePage(options: {
  readonly router: AnyRouter;
  readonly pageFolder: string;
  readonly port: number;
}): Promise<PageServer> {
  const files = await listPageFiles(options.pageFolder);
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 16 * 1024 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  // A TCP server's address is an object; only a pipe's is a string.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gate = new Gate(host);

  server.on('request', (request, response) => {
    answer(request, response, gate, files).catch(() => response.destroy());
  });

  let handler: RPCHandler<CallerContext> | undefined = new RPCHandler<CallerContext>(options.router);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  server.on('upgrade', (request, stream, head) => {
    const refusal = refusalOfSocket(request, gate, sockets.clients.size);
    const answering = handler;
    if (refusal || answering === undefined) {
      refuseUpgrade(stream, refusal ?? '503 Service Unavailable');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // An oversized or malformed message already closes the socket; without a listener it would end the process.
      socket.on('error', () => {});
      sockets.emit('connection', socket, request);
      const leaving = new AbortController();
      socket.once('close', () => leaving.abort());
      socket.send(gate.greeting);
      answering.upgrade(socket, { context: { caller: 'page', left: leaving.signal } });
    });
  });
  const stopHeartbeat = beat(sockets);

  return {
    url: `http://${host}/?token=${gate.token}`,
    answerWith(router) {
      handler = router && new RPCHandler<CallerContext>(router);
      for (const socket of sockets.clients) socket.terminate();
    },
    async close() {
      stopHeartbeat();
      for (const socket of sockets.clients) socket.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
  files: ReadonlyMap<string, PageFile>,
): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  response.setHeader('cache-control', 'no-store');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    say(response, 405, 'This request is not allowed here.');
    return;
  }
  // Looked up exactly as sent: nothing is decoded or resolved that could lead elsewhere.
  const [address = '', query = ''] = (request.url ?? '').split('?', 2);
  const verdict = gate.admit(request, address === '/' ? new URLSearchParams(query).get('token') : null);
  if (verdict.kind === 'refused') {
    say(response, verdict.status, verdict.reason);
    return;
  }
  if (verdict.kind === 'exchange') response.setHeader('set-cookie', verdict.cookie);
  if (address === '/' && query !== '') {
    // Removes the token from the address bar and the history. What is behind # is told to no server.
    const location = verdict.kind === 'exchange' ? `/#key=${verdict.socketKey}` : '/';
    response.writeHead(303, { location }).end();
    return;
  }
  const found = files.get(address);
  if (!found) {
    say(response, 404, 'There is nothing at this address.');
    return;
  }
  const body = await readFile(found.file);
  if (found.isImmutable) response.setHeader('cache-control', 'private, max-age=31536000, immutable');
  response.writeHead(200, { 'content-type': found.type, 'content-length': body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${sentence}\n`);
}

function refusalOfSocket(request: IncomingMessage, gate: Gate, open: number): string | undefined {
  if (request.url !== '/contract') return '404 Not Found';
  const verdict = gate.admitSocket(request);
  if (verdict.kind === 'refused') return verdict.status === 401 ? '401 Unauthorized' : '403 Forbidden';
  return open >= mostSockets ? '503 Service Unavailable' : undefined;
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on('error', () => {});
  // Nobody else ends it: the HTTP server has let go of it, and the client may keep its side open.
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => stream.destroy());
}

/** Closes sockets whose page has vanished without closing them, so that the work attached to them ends too. */
function beat(sockets: WebSocketServer): () => void {
  const answered = new WeakSet<WebSocket>();
  sockets.on('connection', (socket) => {
    answered.add(socket);
    socket.on('pong', () => answered.add(socket));
  });
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, heartbeatMs);
  timer.unref();
  return () => clearInterval(timer);
}
