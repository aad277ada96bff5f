import { createRouterClient } from '@orpc/server';
import type { AppOptions } from '../../app.ts';
import { type OpenaiServer, serveOpenai } from './openai-server.ts';

type Options = Parameters<NonNullable<AppOptions['openEndpoint']>>[0];

/** Opens the address for other programs, on top of the studio's own contract. */
export function openEndpoint({ router, port, key, note }: Options): Promise<OpenaiServer> {
  // As a page: requests must not name local files.
  return serveOpenai({ studio: createRouterClient(router, { context: { caller: 'page' } }), port, key, note });
}
