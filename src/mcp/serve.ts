import type { Readable, Writable } from 'node:stream';
import { type Context, openContext } from '../index.js';
import { HeadWatch } from './head-watch.js';
import { createMcpLog } from './log.js';
import { createServer } from './server.js';
import { McpSession } from './session.js';
import { StdioTransport } from './stdio-transport.js';
import { guardStdout } from './stdout-guard.js';
import { Subscriptions } from './subscriptions.js';

export interface ServeOptions {
  /** Any folder of the repository. */
  readonly repo: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Serve no tool that writes. */
  readonly readOnly: boolean;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARNING';
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** Whatever then still runs is a read that nobody waits for. */
const LINGER_MS = 3000;

/**
 * Serves a repository over MCP on standard input and output, until the client goes away or the process is asked to end.
 * What writes is carried to its end; everything is closed then.
 *
 * The repository is opened after the handshake: a folder that is none is told by every answer, with what to do.
 */
export async function serveMcp(options: ServeOptions): Promise<void> {
  const write = guardStdout(options.stdout, options.stderr);
  const log = createMcpLog(options.logLevel, (line) => options.stderr.write(line));
  const { logger } = log;
  const subscriptions = new Subscriptions();
  let opening: Promise<Opened> | null = null;
  const open = (): Promise<Opened> => {
    opening ??= openSession(options, logger, (move) => {
      const { revision, changed, listChanged } = move;
      logger.info(`HEAD is at ${revision.slice(0, 12)}: ${changed.length} artifacts changed`);
      if (listChanged) void server.sendResourceListChanged().catch(() => undefined);
      for (const uri of subscriptions.changedBy(move))
        void server.sendResourceUpdated({ uri }).catch(() => undefined);
    }).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const server = createServer({
    version: options.version,
    readOnly: options.readOnly,
    session: async () => (await open()).session,
    subscriptions,
    logger,
  });
  const transport = new StdioTransport(options.stdin, write);
  server.onerror = (error) => logger.debug(`protocol: ${error.message}`);
  server.oninitialized = () => {
    log.connect((level, name, data) => {
      void server.sendLoggingMessage({ level, logger: name, data }).catch(() => undefined);
    });
    // What a later upgrade of this package would take away under a server that runs for days.
    void preload();
    open().then(
      ({ session }) => session.prepare(),
      (error: unknown) => logger.error(error instanceof Error ? error.message : String(error)),
    );
  };
  const gone = new Promise<void>((resolve) => {
    server.onclose = resolve;
  });
  options.signal.addEventListener('abort', () => void transport.close());
  await server.connect(transport);
  await gone;
  await (opening as Promise<Opened> | null)?.then(
    async ({ session, watch }) => {
      watch.stop();
      await session.close();
    },
    () => undefined,
  );
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

async function preload(): Promise<void> {
  const modules = [
    import('./tools/index.js'),
    import('./resources/list.js'),
    import('./resources/read.js'),
    import('./prompts/get-prompt.js'),
    import('./answers/failure.js'),
  ];
  await Promise.allSettled(modules);
}

interface Opened {
  readonly session: McpSession;
  readonly watch: HeadWatch;
}

async function openSession(
  { repo, env, readOnly }: ServeOptions,
  logger: Context['logger'],
  onMove: ConstructorParameters<typeof HeadWatch>[1],
): Promise<Opened> {
  const context = await openContext({ repo, env, logger });
  const watch = new HeadWatch(context, onMove);
  watch.start();
  return { session: new McpSession(context, readOnly, () => watch.look()), watch };
}
