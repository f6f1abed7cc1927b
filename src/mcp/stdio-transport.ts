import type { Readable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { WriteLine } from './stdout-guard.js';

/** Longest message, in bytes. The SDK's own transport would end without a word above 10 MiB. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Of a message that is too long, its ends are kept: the id stands at one of them. */
const END_BYTES = 256;

type RequestId = string | number;

/**
 * MCP over standard input and output, a message a line.
 *
 * What is no message (too long, no UTF-8, no JSON, no JSON-RPC) is answered with an error and skipped; the conversation
 * goes on. The end of the input ends the conversation.
 */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #head = '';
  #tail = Buffer.alloc(0);
  #closed = false;

  constructor(
    private readonly input: Readable,
    private readonly write: WriteLine,
  ) {}

  async start(): Promise<void> {
    this.input.on('data', (chunk: Buffer) => this.#take(chunk));
    this.input.once('end', () => void this.close());
    this.input.once('close', () => void this.close());
    this.input.once('error', () => void this.close());
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) resolve();
      else this.write(`${JSON.stringify(message)}\n`, resolve);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.input.pause();
    this.onclose?.();
  }

  #take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes <= MAX_MESSAGE_BYTES) {
      if (part.length > 0) this.#parts.push(part);
      return;
    }
    if (this.#parts.length > 0) {
      const kept = Buffer.concat(this.#parts);
      this.#head = kept.subarray(0, END_BYTES).toString('latin1');
      this.#tail = kept.subarray(-END_BYTES);
      this.#parts = [];
    }
    if (this.#head === '') this.#head = part.subarray(0, END_BYTES).toString('latin1');
    this.#tail = Buffer.concat([this.#tail, part.subarray(-END_BYTES)]).subarray(-END_BYTES);
  }

  #endLine(): void {
    const [parts, bytes, head, tail] = [this.#parts, this.#bytes, this.#head, this.#tail.toString('latin1')];
    this.#parts = [];
    this.#bytes = 0;
    this.#head = '';
    this.#tail = Buffer.alloc(0);
    if (bytes > MAX_MESSAGE_BYTES) {
      const message = `the message has ${bytes} bytes, at most ${MAX_MESSAGE_BYTES} are read; send less at once`;
      this.#refuse(ErrorCode.InvalidRequest, message, idAtAnEnd(head, tail));
      return;
    }
    const line = Buffer.concat(parts);
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) return;
    this.#read(line);
  }

  #read(line: Buffer): void {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
    } catch (error) {
      const what = error instanceof SyntaxError || error instanceof RangeError ? 'JSON' : 'UTF-8';
      this.#refuse(ErrorCode.ParseError, `the message is not valid ${what}`, undefined);
      return;
    }
    const message = JSONRPCMessageSchema.safeParse(value);
    if (!message.success) {
      this.#refuse(ErrorCode.InvalidRequest, 'the message is no JSON-RPC 2.0 request', idOf(value));
      return;
    }
    this.onmessage?.(message.data);
  }

  #refuse(code: number, message: string, id: RequestId | undefined): void {
    this.onerror?.(new Error(message));
    const error = { code, message };
    void this.send({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), error } as JSONRPCMessage);
  }
}

function idOf(value: unknown): RequestId | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined;
  return typeof value.id === 'string' || Number.isInteger(value.id) ? (value.id as RequestId) : undefined;
}

/** Clients write the id first or last; nothing inside a string can look like it, since quotes are escaped there. */
function idAtAnEnd(head: string, tail: string): RequestId | undefined {
  const id = '"id":(-?\\d{1,15}|"[\\w.:-]{1,64}")';
  const found =
    new RegExp(`^\\{(?:"jsonrpc":"2\\.0",)?${id},`).exec(head) ??
    new RegExp(`[^\\\\]${id}(?:,"jsonrpc":"2\\.0")?\\}\\r?$`).exec(tail);
  return found?.[1] === undefined ? undefined : (JSON.parse(found[1]) as RequestId);
}
