import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { StudioClient } from './openai-models.ts';
import { serveOpenai } from './openai-server.ts';

// The answer was written to its end, in the place of somebody who waits, for a client that was not there any more.
test('nothing is generated for a client that leaves while its model is looked up', async () => {
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
  // Only these are asked.
  const server = await serveOpenai({ studio: studio as unknown as StudioClient, port: 0, key: 'key' });
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json' };
  const leaving = request(`${server.url}/chat/completions`, { method: 'POST', headers });
  const left = new Promise((resolve) => leaving.once('error', resolve));
  leaving.end(JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: 'Hello' }] }));
  await asked.promise;
  leaving.destroy(new Error('left'));
  await left;
  // Once another question is answered, the server has heard of what came before it.
  const another = () => fetch(`${server.url}/nothing`, { headers });
  expect((await another()).status).toBe(404);
  looked.resolve([{ id: 'tiny', name: 'tiny' }] as never[]);
  await another();
  expect(generated).toBe(0);
  await server.close();
});
