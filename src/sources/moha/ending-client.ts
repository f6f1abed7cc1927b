import type { Client, ClientConfig } from 'pg';

type ClientClass = new (config?: ClientConfig) => Client;
type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * A client that hangs up when it cannot connect, and that may be cut off at any moment.
 *
 * When the server asks for a password and there is none, `pg` reports the failure and leaves the socket as it is: the
 * server keeps a half open login for a minute, and this process cannot end before it gives up.
 *
 * @param Base - the client of `pg`, which is loaded on first use.
 */
export function endingClient(Base: ClientClass): ClientClass {
  return class extends Base {
    constructor(config?: ClientConfig) {
      super(config);
      // The end of a session may come in one breath with its beginning, before anybody could listen; the first statement
      // then says so. Without a listener, it would end this process.
      this.on('error', () => undefined);
    }

    override connect(): Promise<Client>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<Client> | undefined {
      const connected = new Promise<Client>((resolve, reject) => {
        super.connect((error: Error | null, client?: Client) => {
          if (error === null && client !== undefined) return resolve(client);
          // Nobody waits for the end of a connection that never began.
          this.end().catch(() => undefined);
          reject(error);
        });
      });
      if (callback === undefined) return connected;
      const answer = callback as (error: Error | null, client?: Client) => void;
      connected.then(
        (client) => answer(null, client),
        (error: Error) => answer(error),
      );
      return undefined;
    }
  };
}
