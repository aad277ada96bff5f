import { type ClientLink, createORPCClient } from '@orpc/client';
import { RPCLink as MessagePortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../src-contract/contract.ts';

// The renderer's only route to the studio: a message port in the desktop shell, a socket in a browser. Pages see
// neither.

/**
 * - `connecting`: this page's first attempt is under way.
 * - `open`: calls are answered.
 * - `lost`: the studio went away; reconnection is attempted at growing intervals. Calls made meanwhile are refused.
 * - `refused`: the studio answers but does not know this page (it was restarted); only its printed address helps.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

let state: ConnectionState = 'connecting';
const listeners = new Set<(state: ConnectionState) => void>();

/** Follows the store contract, so a component can read it as `$connection`. */
export const connection = {
  get current(): ConnectionState {
    return state;
  },
  subscribe(listener: (state: ConnectionState) => void): () => void {
    listeners.add(listener);
    listener(state);
    return () => listeners.delete(listener);
  },
};

/**
 * Everything the studio can be asked. Leaving an iterator ends the work tied to it (an import, an answer) and merely
 * stops watching other work (a run).
 */
export const client: ContractRouterClient<Contract> = createORPCClient({
  call: (path, input, options) => openLink().call(path, input, options),
});

let link: ClientLink<Record<never, never>> | undefined;

/** Connects on the first call, so that tests without a page can import modules that import this one. */
function openLink(): ClientLink<Record<never, never>> {
  link ??= location.protocol === 'app:' ? messagePortLink() : reconnectingLink();
  return link;
}

function messagePortLink(): ClientLink<Record<never, never>> {
  const { port1, port2 } = new MessageChannel();
  // The preload takes the port from this message and hands it to the main process.
  window.postMessage('adapter-studio:port', location.origin, [port2]);
  port1.start();
  setState('open');
  return new MessagePortLink({ port: port1 });
}

const socketKeyName = 'studio.socketKey';

/**
 * Keeps the key and the greeting that come with the printed address, which only this page's own origin can read, and
 * takes them out of the address bar.
 */
export function keepSocketKey(): void {
  const key = /^#key=(.+)/.exec(location.hash)?.[1];
  if (key === undefined) return;
  localStorage.setItem(socketKeyName, key);
  history.replaceState(null, '', '/');
}

const shortestWaitMs = 250;
const longestWaitMs = 5_000;

function reconnectingLink(): ClientLink<Record<never, never>> {
  let waitMs = shortestWaitMs;
  let current = connect();

  /** The link waits for the greeting: after the studio has ended, another program may listen at its port. */
  function connect(): Promise<WebSocketLink<Record<never, never>>> {
    const [key = '', greeting] = localStorage.getItem(socketKeyName)?.split('.') ?? [];
    const socket = new WebSocket(new URL('/contract', location.href.replace(/^http/, 'ws')), key === '' ? [] : [key]);
    const greeted = Promise.withResolvers<WebSocketLink<Record<never, never>>>();
    greeted.promise.catch(() => undefined);
    let opened = false;
    const greet = ({ data }: MessageEvent) => {
      if (data !== greeting) return socket.close();
      opened = true;
      waitMs = shortestWaitMs;
      greeted.resolve(new WebSocketLink({ websocket: socket }));
      setState('open');
    };
    socket.addEventListener('message', greet, { once: true });
    socket.addEventListener('close', async () => {
      greeted.reject(new Error('The studio does not answer.'));
      setState(!opened && (await isRefused()) ? 'refused' : 'lost');
      setTimeout(() => {
        current = connect();
      }, waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    });
    return greeted.promise;
  }

  return { call: async (path, input, options) => (await current).call(path, input, options) };
}

/** A browser does not say why a socket failed; the page's own address does. */
async function isRefused(): Promise<boolean> {
  try {
    const response = await fetch('/', { method: 'HEAD', cache: 'no-store' });
    return response.status === 401 || response.status === 403;
  } catch {
    return false;
  }
}

function setState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener(next);
}
