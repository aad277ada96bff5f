import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { userOfPeer } from './peer-user.ts';

test.each(['127.0.0.1', '::ffff:127.0.0.1'])(
  'whose process has connected through %s is known, on Linux',
  async (host) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    // Sound: a TCP server's address is an object.
    const client = connect((server.address() as AddressInfo).port, host);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(userOfPeer(socket)).toBe(process.platform === 'linux' ? process.getuid?.() : undefined);
    expect(userOfPeer({ remotePort: socket.localPort, localPort: 1 })).toBeUndefined();
    client.destroy();
    server.close();
  },
);
