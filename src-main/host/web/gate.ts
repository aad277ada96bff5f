import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSameSecret } from '../same-secret.ts';
import { userOfPeer } from './peer-user.ts';

/**
 * The verdict on a request: `open` has a session, `exchange` brings the token to get one, anything else is refused. A
 * `socketKey` is what a socket is opened with, a dot, and the greeting that answers it.
 */
export type Verdict =
  | { readonly kind: 'open' }
  | { readonly kind: 'exchange'; readonly cookie: string; readonly socketKey: string }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly reason: string };

/**
 * Decides who may talk to the studio. Other users of the machine and other pages in the same browser can reach its
 * port: the token in the printed address keeps out the former, the Host and Origin checks the latter. A browser sends the
 * session's cookie to the servers of all ports, so that it opens no socket without the key, which the page keeps. Once the
 * studio has ended, its port may be another program's: the page tells a socket nothing that has not greeted it.
 */
export class Gate {
  /** Works once: the first request with it gets the session cookie. */
  readonly token = secret();
  /** What a socket begins with, so that its page knows who is at the other end. */
  readonly greeting = secret();
  readonly #session = secret();
  readonly #socketKey = secret();
  readonly #host: string;
  #isTokenUsed = false;

  /** `host` is the only name under which the studio can be reached, such as `127.0.0.1:4000`. */
  constructor(host: string) {
    this.#host = host;
  }

  /** For pages and their files. `token` is the one from the address, if any. */
  admit(request: IncomingMessage, token: string | null): Verdict {
    const stranger = this.#strangerIn(request);
    if (stranger) return stranger;
    if (this.#hasSession(request)) return { kind: 'open' };
    if (token === null) return refused(401, 'This page needs the address that Adapter Studio printed when it started.');
    if (!isSameSecret(token, this.token))
      return refused(401, 'This address is from an earlier start of Adapter Studio.');
    if (this.#isTokenUsed) {
      return refused(
        401,
        'This address has already been used and works only once. Restart Adapter Studio to get a new one.',
      );
    }
    // A browser is started with the token in its command line, which all users of a machine can read.
    const user = userOfPeer(request.socket);
    if (user !== undefined && user !== 0 && user !== process.getuid?.())
      return refused(403, 'This address is for the user who has started Adapter Studio.');
    this.#isTokenUsed = true;
    return {
      kind: 'exchange',
      cookie: `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`,
      socketKey: `${this.#socketKey}.${this.greeting}`,
    };
  }

  /** For sockets: the key comes as their protocol, and a browser always sends the opening page's Origin. */
  admitSocket(request: IncomingMessage): Verdict {
    const stranger = this.#strangerIn(request);
    if (stranger) return stranger;
    if (request.headers.origin === undefined) return refused(403, 'A socket must say which page opens it.');
    const isOpen =
      this.#hasSession(request) && isSameSecret(request.headers['sec-websocket-protocol'] ?? '', this.#socketKey);
    return isOpen ? { kind: 'open' } : refused(401, 'This socket has no session.');
  }

  #strangerIn(request: IncomingMessage): Verdict | undefined {
    // A foreign name that resolves to this machine (DNS rebinding) shows in Host; a foreign page shows in Origin.
    if (request.headers.host !== this.#host)
      return refused(403, `Adapter Studio can only be reached as ${this.#host}.`);
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${this.#host}`)
      return refused(403, 'Other pages may not use this address.');
    return undefined;
  }

  #hasSession(request: IncomingMessage): boolean {
    return (request.headers.cookie ?? '').split(';').some((pair) => {
      const [name, value = ''] = pair.trim().split('=');
      return name === this.#cookieName && isSameSecret(value, this.#session);
    });
  }

  /** All ports of a host share cookies; two studios must not overwrite each other's. */
  get #cookieName(): string {
    return `adapter-studio-${this.#host.replace(/^.*:/, '')}`;
  }
}

function refused(status: 401 | 403, reason: string): Verdict {
  return { kind: 'refused', status, reason };
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
