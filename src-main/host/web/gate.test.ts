import type { IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { Gate } from './gate.ts';
import { userOfPeer } from './peer-user.ts';

vi.mock('./peer-user.ts');

const host = '127.0.0.1:4000';
// Sound: nothing else of a request is looked at.
const request = { headers: { host }, socket: {} } as IncomingMessage;

// Regression: the browser is started with the address, so that for a moment all users of the machine can read the token.
test('the token is worth nothing to another user, and is not used up by one', () => {
  const gate = new Gate(host);
  vi.mocked(userOfPeer).mockReturnValue(4711);
  expect(gate.admit(request, gate.token)).toMatchObject({ kind: 'refused', status: 403 });
  vi.mocked(userOfPeer).mockReturnValue(process.getuid?.());
  expect(gate.admit(request, gate.token)).toMatchObject({ kind: 'exchange' });
});

// What forwards a port, from Windows to its Linux for one, belongs to root, who could read everything anyway.
test.each([0, undefined])('the token is worth something to user %s', (user) => {
  const gate = new Gate(host);
  vi.mocked(userOfPeer).mockReturnValue(user);
  expect(gate.admit(request, gate.token)).toMatchObject({ kind: 'exchange' });
});
