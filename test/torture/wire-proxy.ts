import { connect, createServer, type Socket } from 'node:net';

/** A port before a server, on which somebody counts what a client sends. */
export interface WireProxy {
  readonly port: number;
  /** How many pieces the client has sent since the last {@link watch}. */
  sent(): number;
  /** Calls `act` at one piece; before it is passed on, or after. */
  watch(piece: number, moment: 'before' | 'after', act: () => void): void;
  close(): Promise<void>;
}

/** @param target - URL of the server behind it. */
export async function startWireProxy(target: URL): Promise<WireProxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  let watched: { readonly piece: number; readonly moment: string; readonly act: () => void } | null = null;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (piece) => {
      count++;
      const now = watched?.piece === count ? watched : null;
      if (now?.moment === 'before') {
        // Its last piece never arrives: the server sees the connection end.
        now.act();
        far.destroy();
        return;
      }
      far.write(piece);
      now?.act();
    });
    far.pipe(near);
    near.on('close', () => far.end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const place = server.address();
  return {
    port: typeof place === 'object' && place !== null ? place.port : 0,
    sent: () => count,
    watch: (piece, moment, act) => {
      count = 0;
      watched = { piece, moment, act };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The same address by way of a proxy. */
export function through(url: string, { port }: Pick<WireProxy, 'port'>): string {
  const other = new URL(url);
  other.port = String(port);
  return other.toString();
}
