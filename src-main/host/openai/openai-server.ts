import { randomInt, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import type { GenerateEvent } from '../../../src-contract/chat.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { keptFailureOf } from '../../../src-contract/kept-failure.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import type { AppOptions } from '../../app.ts';
import { isSameSecret } from '../same-secret.ts';
import { type AnswerStyle, chatStyle, completionStyle } from './answer-style.ts';
import { FairQueue } from './fair-queue.ts';
import { OpenaiError, openaiErrorOf } from './openai-error.ts';
import { modelObject, type ServedModel, type StudioClient, servedModels } from './openai-models.ts';
import { chatPrompt, chatRequestSchema, completionRequestSchema, formOf, samplingOf } from './openai-requests.ts';

const largestBodyBytes = 4 * 1024 * 1024;
/** How much of a rejected body to read and discard: enough for any that was sent in good faith. */
const mostSkippedBytes = 64 * 1024 * 1024;
const usualChatTokens = 512;
/** The default of OpenAI's completions. */
const usualCompletionTokens = 16;
/** Its own, and those by which containers call the computer they run on. `.internal` belongs to nobody on the web. */
const hostNames = ['127.0.0.1', 'localhost', 'host.docker.internal', 'host.containers.internal'];
const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export interface OpenaiServer {
  /** Ends in `/v1`: the base URL for clients. */
  readonly url: string;
  /** Ends every request. */
  close(): Promise<void>;
}

/**
 * Answers OpenAI's /v1/models, /v1/chat/completions and /v1/completions on 127.0.0.1, for local programs that have the
 * key. Pages of the web may not ask. Throws if the port is taken.
 */
export async function serveOpenai(options: {
  studio: StudioClient;
  port: number;
  key: string;
  note: Note;
}): Promise<OpenaiServer> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  // A TCP server's address is an object; only a pipe's is a string.
  const { port } = server.address() as AddressInfo;
  const context = {
    studio: options.studio,
    key: options.key,
    hosts: hostNames.map((name) => `${name}:${port}`),
    queue: new FairQueue({ atOnce: 8, mostWaiting: 256 }),
  };
  server.on('request', (request, response) => {
    const { origin } = request.headers;
    const isOfWebPage = origin !== undefined && !isLocal(origin);
    if (origin !== undefined && !isOfWebPage) {
      response.setHeader('access-control-allow-origin', origin).setHeader('vary', 'origin');
      if (request.method === 'OPTIONS') return preflight(request, response);
    }
    const [path = ''] = (request.url ?? '').split('?', 1);
    const tell = options.note({ program: request.headers['user-agent'] ?? '', path, key: options.key });
    answer(request, response, { ...context, path, isOfWebPage, tell })
      .then(() => tell({ outcome: { kind: response.destroyed ? 'left' : 'answered' } }))
      .catch((error: unknown) => {
        tell({ outcome: outcomeOf(error, response) });
        return fail(request, response, error);
      });
  });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Context {
  readonly studio: StudioClient;
  readonly key: string;
  readonly hosts: readonly string[];
  readonly queue: FairQueue;
}

/** What one request is answered with. */
interface Asked extends Context {
  readonly path: string;
  readonly isOfWebPage: boolean;
  readonly tell: Tell;
}

/** Takes what becomes of a request, for the person at the studio. */
type Tell = ReturnType<Note>;
type Note = Parameters<NonNullable<AppOptions['openEndpoint']>>[0]['note'];

function outcomeOf(error: unknown, response: ServerResponse): Parameters<Tell>[0]['outcome'] {
  if (response.destroyed) return { kind: 'left' };
  const { status, told } = openaiErrorOf(error);
  return { kind: 'failed', status, failure: keptFailureOf(told) };
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Asked): Promise<void> {
  admit(request, context);
  // Before any await: a client that leaves during one would go unnoticed.
  const left = new AbortController();
  response.once('close', () => left.abort());
  const asking = { response, left: left.signal, context };
  const { path } = context;
  if (path === '/v1/models') {
    only(request, 'GET');
    const models = await servedModels(context.studio);
    return say(response, 200, { object: 'list', data: models.map(modelObject) });
  }
  if (path.startsWith('/v1/models/')) {
    only(request, 'GET');
    return say(response, 200, modelObject(await find(decoded(path.slice('/v1/models/'.length)), context)));
  }
  if (path === '/v1/chat/completions') {
    only(request, 'POST');
    const asked = parse(chatRequestSchema, await readJson(request));
    const sampling = samplingOf(asked, usually(usualChatTokens));
    const generate = { prompt: chatPrompt(asked), sampling, form: formOf(asked) };
    return write(asked, generate, chatStyle, asking);
  }
  if (path === '/v1/completions') {
    only(request, 'POST');
    const asked = parse(completionRequestSchema, await readJson(request));
    const prompt = { kind: 'raw' as const, text: asked.prompt };
    const generate = { prompt, sampling: samplingOf(asked, usually(usualCompletionTokens)) };
    return write(asked, generate, completionStyle, asking);
  }
  const sentence = `There is nothing at ${shortened(path, 200)}. Use /v1/chat/completions, /v1/completions or /v1/models.`;
  const told = new StudioError('ENDPOINT_PATH_UNKNOWN', { path: shortened(path, 200) });
  throw new OpenaiError(404, sentence, { code: 'unknown_url', told });
}

/** Without a seed, clients expect another answer each time they ask for chance. */
function usually(maxTokens: number) {
  return { maxTokens, seed: randomInt(2 ** 31) };
}

/** Throws for requests that are not allowed: another host name, a web page, no key. */
function admit(request: IncomingMessage, { hosts, key, isOfWebPage }: Asked): void {
  // A foreign name that resolves to this machine (DNS rebinding) shows in Host; a page shows in Origin.
  if (!hosts.includes(request.headers.host ?? ''))
    throw new OpenaiError(403, `This address can only be reached as ${hosts[0]}.`);
  if (isOfWebPage) {
    const told = new StudioError('ENDPOINT_WEB_PAGE', {});
    throw new OpenaiError(403, 'Requests from websites are refused.', { told });
  }
  const brought = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (brought === undefined || !isSameSecret(brought, key)) {
    const sentence = 'The key is missing or wrong. It is shown in the settings of Adapter Studio.';
    const told = new StudioError(brought === undefined ? 'ENDPOINT_KEY_MISSING' : 'ENDPOINT_KEY_WRONG', {});
    throw new OpenaiError(401, sentence, { code: 'invalid_api_key', told });
  }
}

/**
 * Whether a page with this Origin belongs to a program on this computer: one whose window is drawn by a browser's
 * engine (app://, file://, tauri://, vscode-webview://, chrome-extension://), or one that serves a page here.
 */
function isLocal(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return true;
  return /^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}

/** A browser's question whether it may ask, which brings no key. */
function preflight(request: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      // “*” would not stand for authorization.
      'access-control-allow-headers':
        request.headers['access-control-request-headers'] ?? 'authorization, content-type',
      'access-control-max-age': '600',
    })
    .end();
}

async function write(
  asked: {
    model: string;
    stream?: boolean | null;
    stream_options?: { include_usage?: boolean } | null;
    adapter_strength?: number | null;
  },
  generate: Pick<Parameters<StudioClient['chat']['generate']>[0], 'prompt' | 'sampling' | 'form'>,
  style: AnswerStyle,
  { response, left, context }: { response: ServerResponse; left: AbortSignal; context: Asked },
): Promise<void> {
  const model = await find(asked.model, context);
  const leave = await context.queue.enter(model.name, left);
  if (leave === undefined) {
    const told = new StudioError('ENDPOINT_BUSY', {});
    throw new OpenaiError(429, 'Too many requests are waiting.', { code: 'queue_full', told });
  }
  try {
    const { baseModelId, adapterId } = model;
    const strength = asked.adapter_strength ?? 1;
    const input = { baseModelId, adapterId, strength, precision: 'auto' as const, ...generate };
    const events = counted(await context.studio.chat.generate(input, { signal: left }), context.tell);
    const named = { id: `${style.idPrefix}${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: model.name };
    const usage = asked.stream_options?.include_usage === true;
    // With usage asked for, each chunk has the field; it is filled in the last.
    if (asked.stream)
      await stream(events, {
        ...{ named: { ...named, ...(usage && { usage: null }) }, style, response, usage },
        tell: context.tell,
      });
    else say(response, 200, await whole(events, { named, style }));
  } finally {
    leave();
  }
}

interface Named {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** Passes the events on, and tells how much was read and written. */
async function* counted(events: AsyncIterable<GenerateEvent>, tell: Tell): AsyncGenerator<GenerateEvent> {
  for await (const event of events) {
    if (event.kind === 'finished') {
      const { promptTokens, tokens } = event.generation;
      tell({ promptTokens, tokens });
    }
    yield event;
  }
}

async function whole(events: AsyncIterable<GenerateEvent>, { named, style }: { named: Named; style: AnswerStyle }) {
  for await (const event of events) {
    if (event.kind === 'finished') return style.whole(named, event.generation);
  }
  throw new Error('The generation ended without an answer.');
}

/**
 * Server-sent events, ending with `[DONE]`. While a long prompt is read, comments tell clients that wait for minutes
 * at most (undici's five) that an answer is coming. Failures midway are reported in the stream.
 */
async function stream(
  events: AsyncIterable<GenerateEvent>,
  {
    named,
    style,
    response,
    usage,
    tell,
  }: { named: Named; style: AnswerStyle; response: ServerResponse; usage: boolean; tell: Tell },
): Promise<void> {
  const send = (data: object | string) =>
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  const open = () => {
    if (!response.headersSent)
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
  };
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    open();
    for (const first of style.first(named)) send(first);
  };
  try {
    for await (const event of events) {
      if ('share' in event) {
        if (event.kind === 'loading') continue;
        open();
        // Not “ping”, which ends the answer for some clients.
        response.write(`: ${Math.floor(event.share * 100)}% of the prompt read\n\n`);
        continue;
      }
      begin();
      if (event.kind === 'text') send(style.piece(named, event.delta));
      else for (const last of style.last(named, event.generation, { usage })) send(last);
    }
  } catch (error) {
    // Before anything is sent, the status can still report it.
    if (!response.headersSent) throw error;
    tell({ outcome: outcomeOf(error, response) });
    send(openaiErrorOf(error).body);
  }
  send('[DONE]');
  response.end();
}

async function find(name: string, { studio, tell }: Asked): Promise<ServedModel> {
  tell({ model: name });
  const model = (await servedModels(studio)).find((served) => served.name === name);
  if (model !== undefined) return model;
  const sentence = `There is no model “${shortened(name, 200)}”. GET /v1/models lists the available ones.`;
  const told = new StudioError('ENDPOINT_MODEL_UNKNOWN', { model: shortened(name, 200) });
  throw new OpenaiError(404, sentence, { code: 'model_not_found', param: 'model', told });
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || null;
  throw new OpenaiError(400, `${param ?? 'The body'}: ${issue?.message ?? 'it is not valid'}.`, { param });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new OpenaiError(415, 'The body must be JSON (content-type: application/json).');
  }
  const tooLarge = new OpenaiError(413, `The body is larger than ${largestBodyBytes} bytes.`, {
    code: 'body_too_large',
  });
  if (Number(request.headers['content-length'] ?? 0) > largestBodyBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of piecesOf(request)) {
    bytes += chunk.byteLength;
    if (bytes > largestBodyBytes) throw tooLarge;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new OpenaiError(400, 'The body is not valid JSON.');
  }
}

function only(request: IncomingMessage, method: 'GET' | 'POST'): void {
  if (request.method !== method)
    throw new OpenaiError(405, `Only ${method} is allowed here.`, { code: 'method_not_allowed' });
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    throw new OpenaiError(400, 'The address is not well-formed.');
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(text);
}

async function fail(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const { status, body } = openaiErrorOf(error);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    ...(status === 405 && { allow: 'GET, POST' }),
    ...{ 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) },
    // The unread rest of a body must not be taken for the next request.
    connection: 'close',
  });
  response.write(text);
  await skipRest(request);
  response.end();
}

/** Many clients send the whole body before reading the response, and lose it if the connection is closed early. */
async function skipRest(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of piecesOf(request)) {
      bytes += chunk.byteLength;
      if (bytes > mostSkippedBytes) return;
    }
  } catch {
    // The client has left.
  }
}

/** Leaving the loop early keeps the connection open. */
function piecesOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}
