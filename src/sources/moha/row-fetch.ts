import type { Connection, Submittable } from 'pg';
import { DATA_ROW, type RawRows } from './raw-rows.js';

const READY_FOR_QUERY = 90;
/** Code and length of a message. */
const MESSAGE_HEADER = 5;

/**
 * One reading statement whose rows are not taken apart.
 *
 * `pg` makes an object and a text of every row before anybody asks for it, which takes longer than all that is done with
 * the rows afterwards. So its reader of messages is set aside while the statement runs: rows are kept as they come, every
 * other message is handed on to it, and errors reach whoever waits in the way they always do. `pg-copy-streams` takes the
 * same door.
 *
 * The statement goes through the extended protocol, in which the server itself refuses a second one.
 */
export class RowFetch implements Submittable {
  readonly rows: Promise<RawRows>;
  private readonly collected: RowCollector;
  private resolve: (rows: RawRows) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  /** @param expectedBytes - room to begin with. */
  constructor(
    private readonly text: string,
    expectedBytes: number,
  ) {
    this.collected = new RowCollector(expectedBytes);
    this.rows = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    const [readMessages, ...others] = stream.listeners('data') as ((bytes: Buffer) => void)[];
    if (readMessages === undefined || others.length > 0)
      throw new Error('pg reads its connection in an unknown way');
    const read = (bytes: Buffer): void => {
      this.collected.add(bytes, (message) => {
        if (message[0] === READY_FOR_QUERY) {
          stream.off('data', read);
          stream.on('data', readMessages);
        }
        readMessages(message);
      });
    };
    stream.off('data', readMessages);
    stream.on('data', read);
    stream.cork();
    connection.parse({ name: '', text: this.text, types: [] }, true);
    connection.bind({}, true);
    connection.execute({}, true);
    connection.sync();
    stream.uncork();
  }

  handleError(error: unknown): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.resolve(this.collected.rows());
  }

  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}
}

/** Tells DataRow messages from all others. */
class RowCollector {
  private bytes: Buffer;
  /** Bytes that are filled, and those before which every message is complete. */
  private filled = 0;
  private complete = 0;
  private count = 0;

  constructor(expectedBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(expectedBytes);
  }

  /** @param handOn - takes every message that is no row. */
  add(received: Buffer, handOn: (message: Buffer) => void): void {
    this.append(received);
    while (this.filled - this.complete >= MESSAGE_HEADER) {
      const size = 1 + this.bytes.readUInt32BE(this.complete + 1);
      if (this.filled - this.complete < size) return;
      if (this.bytes[this.complete] === DATA_ROW) {
        this.count += 1;
        this.complete += size;
      } else {
        handOn(this.cut(size));
      }
    }
  }

  rows(): RawRows {
    return { bytes: this.bytes.subarray(0, this.complete), length: this.count };
  }

  private append(received: Buffer): void {
    const needed = this.filled + received.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.filled);
      this.bytes = larger;
    }
    received.copy(this.bytes, this.filled);
    this.filled = needed;
  }

  /** Takes the message after the complete rows out of them. */
  private cut(size: number): Buffer {
    const end = this.complete + size;
    const message = Buffer.from(this.bytes.subarray(this.complete, end));
    this.bytes.copyWithin(this.complete, end, this.filled);
    this.filled -= size;
    return message;
  }
}
