import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitHttpServer {
  /** Without a trailing slash; a repository `x.git` of the folder is at `<url>/x.git`. */
  readonly url: string;
  /** Called before each request is served; may wait, or do something in between. */
  onRequest: (request: IncomingMessage) => Promise<void> | void;
  close(): Promise<void>;
}

/**
 * Serves the bare repositories of a folder over HTTP with git's own CGI program.
 *
 * @param password - asked for of the user `maven` in each request; null = nobody is asked.
 */
export async function startGitHttpServer(
  folder: string,
  password: string | null = null,
): Promise<GitHttpServer> {
  const backend = `${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-http-backend`;
  const wanted = password === null ? null : `Basic ${Buffer.from(`maven:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    void (async () => {
      if (wanted !== null && request.headers.authorization !== wanted) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
      await started.onRequest(request);
      serve(backend, folder, request, response);
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const started: GitHttpServer = {
    url: `http://127.0.0.1:${port}`,
    onRequest: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return started;
}

/** One request by the rules of CGI: the head of its answer, an empty line, the body. */
function serve(backend: string, folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn(backend, [], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: 'maven',
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head.subarray(0, end).toString('latin1').split('\r\n');
    const pairs = fields.map((field) => [
      field.slice(0, field.indexOf(':')),
      field.slice(field.indexOf(':') + 2),
    ]);
    const status = pairs.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      Object.fromEntries(pairs.filter(([name]) => name !== 'Status')),
    );
    response.write(head.subarray(end + 4));
    head = null;
  });
  child.once('close', () => {
    if (head !== null) response.writeHead(500);
    response.end();
  });
}
