import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/**
 * The id of the user whose process is at the other end of a connection within this machine. Undefined where the system
 * does not tell. Source: proc(5), /proc/net/tcp.
 */
export function userOfPeer({ remotePort = 0, localPort = 0 }: Pick<Socket, 'remotePort' | 'localPort'>) {
  const from = new RegExp(`^ *\\d+: \\w+:${hex(remotePort)} \\w+:${hex(localPort)}(?: \\S+){4} +(\\d+)`, 'm');
  // A program may also reach this address through a socket of the other protocol.
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const [, user] = from.exec(textOf(table)) ?? [];
    if (user !== undefined) return Number(user);
  }
  return undefined;
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
