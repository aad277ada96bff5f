import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { os } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../src-main/engine/random.ts';
import { answerPage } from '../../src-main/host/electron/page-protocol.ts';
import { openEndpoint } from '../../src-main/host/openai/open-endpoint.ts';
import type { OpenaiServer } from '../../src-main/host/openai/openai-server.ts';
import { listPageFiles } from '../../src-main/host/page-files.ts';
import { type PageServer, servePage } from '../../src-main/host/web/page-server.ts';

// Random requests that nobody honest sends: Host, Origin, token, cookie, key, method, path, size. Each must be answered
// with a refusal. STUDIO_FORGED=10000 sends that many to each server; by default a few hundred are sent.
const count = Number(process.env.STUDIO_FORGED ?? 300);
const secret = 'the page that only its owner sees';

let folder: string;
let pageServer: PageServer;
let endpoint: OpenaiServer;
let asked = 0;
/** The page's own session cookie and key, and the address's own key. */
let cookie: string;
let socketKey: string;
const key = 'as-the-right-key';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'adapter-studio-forged-'));
  await mkdir(path.join(folder, 'page'));
  await writeFile(path.join(folder, 'page/index.html'), secret);
  await writeFile(path.join(folder, 'outside.html'), secret);
  const called = os.handler(() => {
    asked++;
    return [];
  });
  const router = { baseModels: { list: called }, adapters: { list: called } };
  pageServer = await servePage({ router, pageFolder: path.join(folder, 'page'), port: 0 });
  // Sound: a request is refused before anything but the two procedures above is called.
  endpoint = await openEndpoint({ router: router as never, port: 0, key, note: () => () => {} });
  const { host, pathname, search } = new URL(pageServer.url);
  const first = await send(host, `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  cookie = /set-cookie: ([^;\r]+)/i.exec(first)?.[1] ?? '';
  socketKey = /location: \/#key=([^.\s]+)/i.exec(first)?.[1] ?? '';
  expect([cookie, socketKey]).not.toContain('');
});

afterAll(async () => {
  await pageServer.close();
  await endpoint.close();
  await rm(folder, { recursive: true, force: true });
});

test(`none of ${count} forged requests to the page and its socket gets in`, { timeout: 600_000 }, async () => {
  const { host, port, searchParams } = new URL(pageServer.url);
  const [name = '', value = ''] = cookie.split('=');
  const right = { cookie: `Cookie: ${cookie}`, host, origin: `http://${host}`, token: searchParams.get('token') ?? '' };
  await sendAll(count, host, (random) => {
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random.uniform() * choices.length)] as T;
    // At least one thing is wrong in each of them; the others may be right.
    const wrong = pick(['host', 'origin', 'session', 'key', 'method', 'path'] as const);
    const socket = wrong === 'key' || pick([true, false]);
    const wrongKeys = ['', socketKey.slice(1), `${socketKey}, x`, value, noise(random, 43)];
    const wrongHosts = [
      ...[
        'evil.example',
        `evil.example:${port}`,
        `localhost:${port}`,
        `127.0.0.1`,
        `127.0.0.1:${Number(port) + 1}`,
        '',
      ],
      ...[
        `127.0.0.1:${port}.evil.example`,
        `evil@127.0.0.1:${port}`,
        `[::1]:${port}`,
        `0.0.0.0:${port}`,
        'x'.repeat(300),
      ],
    ];
    const wrongOrigins = [
      ...['http://evil.example', 'null', `https://${host}`, `http://${host}.evil.example`, `http://localhost:${port}`],
      ...[
        `http://${host}/`,
        'file://',
        'app://studio',
        `HTTP://${host} http://${host}`,
        `http://evil.example#http://${host}`,
      ],
    ];
    const wrongCookies = [
      ...[
        '',
        `${name}=`,
        `${name}=${value.slice(0, -1)}`,
        `${name}=${value}x`,
        `${name}x=${value}`,
        `${value}=${name}`,
      ],
      ...[`${name}=${noise(random, 43)}`, `${name.toUpperCase()}=${value}`, `a=${name}=${value}`, 'x'.repeat(4_000)],
    ];
    const headers = [
      `Host: ${wrong === 'host' ? pick(wrongHosts) : host}`,
      ...(wrong === 'origin'
        ? [`Origin: ${pick(wrongOrigins)}`]
        : socket || pick([true, false])
          ? [`Origin: ${right.origin}`]
          : []),
      ...(wrong === 'session' ? pick(wrongCookies.map((c) => (c === '' ? [] : [`Cookie: ${c}`]))) : [right.cookie]),
      ...(socket
        ? [
            ...['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='],
            `Sec-WebSocket-Protocol: ${wrong === 'key' ? pick(wrongKeys) : socketKey}`,
          ]
        : []),
      `Connection: ${socket ? 'Upgrade' : 'close'}`,
    ];
    const methods = ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND', 'get', 'CONNECT'];
    const paths = [
      '/../outside.html',
      '/%2e%2e/outside.html',
      '//outside.html',
      '/..%5coutside.html',
      '/contract/',
      '/.env',
    ];
    const token = pick(['', noise(random, 43), right.token.slice(1), `${right.token}&token=${right.token}`]);
    const usual = socket ? '/contract' : pick(['/', '/index.html', `/?token=${token}`]);
    const address = wrong === 'path' ? pick([...paths, `/${noise(random, 20)}`, `http://evil.example/`]) : usual;
    const method = wrong === 'method' ? pick(methods) : 'GET';
    const body = pick(['', 'x'.repeat(50_000)]);
    return `${method} ${address} HTTP/1.1\r\n${headers.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  });
  expect(asked).toBe(0);
  // After all that the owner is still let in.
  const own = `GET / HTTP/1.1\r\nHost: ${host}\r\n${right.cookie}\r\nConnection: close\r\n\r\n`;
  expect(await send(host, own)).toContain(secret);
});

test(`none of ${count} forged requests to the address for programs gets in`, { timeout: 600_000 }, async () => {
  const { host, port } = new URL(endpoint.url);
  await sendAll(count, host, (random) => {
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random.uniform() * choices.length)] as T;
    const wrong = pick(['host', 'origin', 'key', 'method', 'size', 'type'] as const);
    const keys = ['', 'Bearer', `Bearer ${key}x`, `Bearer ${key.slice(1)}`, `Basic ${key}`, `Bearer  ${key} `];
    const hosts = ['evil.example', `localhost`, `127.0.0.1`, `evil.example:${port}`, `127.0.0.1:${port}.evil.example`];
    const origins = [
      ...['http://evil.example', 'null', `http://${host}.evil.example`, 'https://localhost.evil.example', 'localhost'],
      ...[`http://evil.example#http://${host}`, `http://${host}@evil.example`, 'http://127.0.0.1.nip.io'],
    ];
    const posts = wrong === 'size' || wrong === 'type' || pick([true, false]);
    const address = posts ? pick(['/v1/chat/completions', '/v1/completions']) : '/v1/models';
    const wrongMethod = pick(posts ? ['GET', 'PUT', 'OPTIONS', 'DELETE'] : ['POST', 'PUT', 'OPTIONS', 'HEAD']);
    const method = wrong === 'method' ? wrongMethod : posts ? 'POST' : 'GET';
    const body =
      posts && wrong !== 'size'
        ? pick(['{}', '[', `{"model":"x","messages":${'['.repeat(5_000)}`, noise(random, 99)])
        : '';
    const declared = wrong === 'size' ? pick([5_000_000, 2 ** 53, 1e18]) : body.length;
    const authorization = wrong === 'key' ? pick(keys) : `Bearer ${key}`;
    const headers = [
      `Host: ${wrong === 'host' ? pick(hosts) : host}`,
      ...(wrong === 'origin' ? [`Origin: ${pick(origins)}`] : []),
      ...(authorization === '' ? [] : [`Authorization: ${authorization}`]),
      `Content-Type: ${wrong === 'type' ? pick(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) : 'application/json'}`,
    ];
    return `${method} ${address} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\nContent-Length: ${declared}\r\n\r\n${body}`;
  });
  expect(asked).toBe(0);
  const own = `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`;
  expect(await send(host, own)).toContain('"object":"list"');
});

test(`none of ${count} forged addresses in the desktop window leads out of the page`, async () => {
  const files = await listPageFiles(path.join(folder, 'page'));
  const random = new Random(7);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random.uniform() * choices.length)] as T;
  for (let sent = 0; sent < count; sent++) {
    const origin = pick(['app://studio', 'app://evil', 'http://evil.example', 'file://', 'app://studio.evil']);
    const way = pick([
      '/../outside.html',
      '/%2e%2e/outside.html',
      '//outside.html',
      '/..%5coutside.html',
      `/${noise(random, 12)}`,
    ]);
    const method = pick(['GET', 'POST', 'PUT', 'HEAD', 'DELETE']);
    // Sound: only the method and URL of a request are read, the latter as written.
    const response = await answerPage({ method, url: `${origin}${way}` } as Request, files);
    expect([404, 405]).toContain(response.status);
    expect(await response.text()).toBe('');
  }
});

async function sendAll(number: number, host: string, forge: (random: Random) => string): Promise<void> {
  const random = new Random(20_261_125);
  const waiting = new Set<Promise<void>>();
  const tally: Record<string, number> = {};
  for (let sent = 0; sent < number; sent++) {
    const request = forge(random);
    const done = send(host, request).then((answer) => {
      waiting.delete(done);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed';
      tally[status] = (tally[status] ?? 0) + 1;
      const about = `${request.slice(0, 600)}\n→ ${answer.slice(0, 200)}`;
      expect(answer, about).not.toContain(secret);
      expect(answer, about).not.toMatch(/set-cookie/i);
      expect(status === 'closed' || /^4\d\d$/.test(status), about).toBe(true);
    });
    waiting.add(done);
    if (waiting.size >= 16) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  // Several kinds of refusal must occur: each check was met.
  expect(Object.keys(tally).length).toBeGreaterThan(3);
}

/** Sends the bytes as they are, and resolves to the response until the other side closes. */
function send(host: string, request: string): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(`http://${host}`);
    const socket = connect(Number(port), hostname, () => socket.write(request));
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      // Only the status counts; the rest of a body is not waited for.
      if (answer.includes('\r\n\r\n') && /^HTTP\/1\.1 4/.test(answer)) socket.end();
    });
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

function noise(random: Random, length: number): string {
  return Array.from({ length }, () => 'abcdefghijkABCDEFG0123456789-_%'[Math.floor(random.uniform() * 31)]).join('');
}
