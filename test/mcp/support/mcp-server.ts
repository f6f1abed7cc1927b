import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { PROGRAM } from '../../support/cli.js';

export interface ServerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function environment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const {
    MAVEN_DATABASE_URL: _,
    DB_HOST: __,
    REDIS_URL: ___,
    ...inherited
  } = process.env as Record<string, string>;
  return { ...inherited, MAVEN_GIT_AUTHOR: 'Test <test@example.com>', ...env };
}

/** The answer of a tool, as a client sees it. */
export interface Called {
  readonly line: string;
  readonly error: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form; the client checks them by schema.
  readonly answer: any;
}

export interface ConnectedServer {
  readonly client: Client;
  readonly pid: number;
  /** What stood on stderr until now. */
  stderr(): string;
  call(name: string, args?: Readonly<Record<string, unknown>>): Promise<Called>;
  /** The document of a resource. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  read(uri: string): Promise<any>;
  close(): Promise<void>;
}

/** Starts the built program as a client would, and shakes hands with it. */
export async function connectServer(folder: string, options: ServerOptions = {}): Promise<ConnectedServer> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, 'mcp', '--repo', folder, ...(options.args ?? [])],
    env: environment(options.env),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  // The client checks structured content against the schemas of the tools that it has listed.
  await client.listTools();
  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call: async (name, args = {}) => {
      const result = await client.callTool({ name, arguments: args });
      const [first] = result.content as readonly { readonly text: string }[];
      return {
        line: first?.text ?? '',
        error: result.isError === true,
        answer: result.structuredContent,
      };
    },
    read: async (uri) => {
      const { contents } = await client.readResource({ uri });
      const [first] = contents as readonly { readonly text: string }[];
      return JSON.parse(first?.text ?? 'null');
    },
    close: () => client.close(),
  };
}

/** A server spoken to by hand, a line a message. */
export interface RawServer {
  readonly child: ChildProcess;
  /** Every line on stdout until now. */
  readonly lines: string[];
  send(message: unknown): void;
  write(bytes: Buffer | string): void;
  /** Waits for the answer of an id. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  answer(id: number): Promise<any>;
  /** Waits for a message that fits. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  message(fits: (message: any) => boolean): Promise<any>;
  stderr(): string;
  /** Ends the input; answers the exit code. */
  end(): Promise<number | null>;
}

export async function startRawServer(folder: string, options: ServerOptions = {}): Promise<RawServer> {
  const child = spawn(process.execPath, [PROGRAM, 'mcp', '--repo', folder, ...(options.args ?? [])], {
    env: environment(options.env),
    stdio: 'pipe',
  });
  const lines: string[] = [];
  let [stderr, rest] = ['', ''];
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  type Message = any;
  const messages: Message[] = [];
  const waiting = new Set<(message: Message) => void>();
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      const message = JSON.parse(line) as Message;
      lines.push(line);
      messages.push(message);
      for (const look of [...waiting]) look(message);
    }
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const message: RawServer['message'] = (fits) =>
    new Promise((resolve, reject) => {
      const known = messages.find(fits);
      if (known !== undefined) resolve(known);
      const look = (found: Message): void => {
        if (!fits(found)) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void exited.then((code) => reject(new Error(`the server ended (${code}): ${stderr.slice(-2000)}`)));
    });
  const server: RawServer = {
    child,
    lines,
    send: (value) => child.stdin.write(`${JSON.stringify(value)}\n`),
    write: (bytes) => child.stdin.write(bytes),
    answer: (id) => message((found) => found.id === id && ('result' in found || 'error' in found)),
    message,
    stderr: () => stderr,
    end: () => {
      child.stdin.end();
      return exited;
    },
  };
  server.send({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    },
  });
  await server.answer(0);
  server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return server;
}

/** Tells whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
