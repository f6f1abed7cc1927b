import { createServer } from 'node:net';

/** A server that speaks just enough of Postgres to let a client in and to end its session, in one breath. */
export interface EndingPostgres {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a server on this machine whose every session an administrator ends at the very moment it begins: both messages
 * come in one piece, as they do where a client is slow to read.
 */
export async function startEndingPostgres(): Promise<EndingPostgres> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([letIn(), ready(), ended()])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  return {
    url: `postgres://maven@127.0.0.1:${port}/any`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const letIn = (): Buffer => message('R', Buffer.alloc(4));
const ready = (): Buffer => message('Z', Buffer.from('I'));
const ended = (): Buffer =>
  message(
    'E',
    Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0', 'utf8'),
  );

/** A type, a length that counts itself, and what is said. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
