import type { HttpClient } from 'isomorphic-git/http/node';
import { codeOf, type ErrorCode, MavenError } from '../errors.js';
import { credentialsFor } from './credentials.js';
import { loadRemoteHttp } from './isomorphic.js';
import { withoutCredentials } from './remote-git.js';

export type HttpService = 'git-upload-pack' | 'git-receive-pack';

/** A remote that has told what it has. */
export interface HttpRemote {
  /** Commits by full name of the ref. */
  readonly refs: ReadonlyMap<string, string>;
  /** Sends one request of the service and reads the whole answer. */
  ask(request: readonly Buffer[]): Promise<Buffer>;
}

const MOST_HOPS = 5;

/**
 * Opens a remote over git's smart HTTP, without native git. Credentials are told only when they are asked for, to the host
 * that the URL names, and never in plain where the URL is encrypted.
 *
 * @param url - `http://` or `https://`, with or without user name and password.
 * @throws {@link MavenError} REMOTE_AUTH, REMOTE_FAILED, without any credentials in them.
 */
export async function openHttpRemote(
  url: string,
  service: HttpService,
  timeoutMs: number,
): Promise<HttpRemote> {
  const signal = AbortSignal.timeout(timeoutMs);
  const attempt = async <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw failureOf(error, url, timeoutMs);
    });
  const place = { url, service, headers: {}, signal };
  const client = httpClient(url, signal);
  const { GitRemoteHTTP } = await loadRemoteHttp();
  const found = (await attempt(() =>
    GitRemoteHTTP.discover({
      ...place,
      http: client.http,
      onAuth: () => credentialsFor(url) ?? undefined,
      protocolVersion: 1,
    }),
  )) as { readonly refs: ReadonlyMap<string, string>; readonly auth: object };
  return {
    refs: found.refs,
    ask: (request) =>
      attempt(async () => {
        const { auth } = found;
        const moved = { ...place, url: client.base(), headers: {} };
        const answer = await GitRemoteHTTP.connect({ ...moved, http: client.http, auth, body: request });
        return collect(answer.body);
      }),
  };
}

/** A client that follows a moved repository, as git does, and remembers where to. */
function httpClient(url: string, signal: AbortSignal) {
  const start = new URL(url);
  let base = url;
  // Another port is another server, but for the usual way from http to https.
  const mayKnow = (target: URL): boolean =>
    target.origin === start.origin ||
    (target.origin === `https://${start.hostname}` && start.origin === `http://${start.hostname}`);
  const request: HttpClient['request'] = async ({ url: wanted, method = 'GET', headers = {}, body }) => {
    const bytes = body === undefined ? null : await collect(body);
    let target = new URL(wanted);
    for (let hop = 0; ; hop++) {
      const { Authorization: secret, ...open } = headers;
      const told = secret === undefined || !mayKnow(target) ? open : { ...open, Authorization: secret };
      const answer = await fetch(target, { method, headers: told, body: bytes, signal, redirect: 'manual' });
      const next = method === 'GET' ? answer.headers.get('location') : null;
      const isMoved = answer.status >= 300 && answer.status < 400 && next !== null && hop < MOST_HOPS;
      const content = Buffer.from(await answer.arrayBuffer());
      if (isMoved) {
        target = new URL(next, target);
        continue;
      }
      base = baseOf(target.href) ?? base;
      const body = (async function* () {
        yield content;
      })();
      const fields = Object.fromEntries(answer.headers);
      const { status: statusCode, statusText: statusMessage } = answer;
      return { url: target.href, method, headers: fields, body, statusCode, statusMessage };
    }
  };
  return { http: { request }, base: () => base };
}

/** The repository of a first request; null for any other. */
function baseOf(url: string): string | null {
  return /^(.*)\/info\/refs\?service=[a-z-]+$/.exec(url)?.[1] ?? null;
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  if (body !== undefined) for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function failureOf(error: unknown, url: string, timeoutMs: number): MavenError {
  if (error instanceof MavenError) return error;
  const where = withoutCredentials(url);
  const status = statusOf(error);
  if (status === 401 || status === 403) {
    return failed('REMOTE_AUTH', `${where} refuses these credentials, or wants some (HTTP ${status})`, {
      hint: 'put a user name and a password or token into the URL, ~/.git-credentials, or MAVEN_GIT_USERNAME and MAVEN_GIT_PASSWORD',
      cause: error,
    });
  }
  const name = error instanceof Error ? error.name : '';
  const reason =
    status !== null
      ? `HTTP ${status}`
      : name === 'TimeoutError' || name === 'AbortError'
        ? `no end after ${Math.round(timeoutMs / 1000)} s`
        : causeText(error);
  return failed('REMOTE_FAILED', `the exchange with ${where} failed: ${reason}`, {
    hint: 'check the remote (its URL in .git/config) and the network, then try again; nothing was lost',
    cause: error,
  });
}

function failed(code: ErrorCode, message: string, options: { hint: string; cause: unknown }): MavenError {
  return new MavenError(code, message, options);
}

/** Of isomorphic-git's HttpError. */
function statusOf(error: unknown): number | null {
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : null;
  const status =
    typeof data === 'object' && data !== null && 'statusCode' in data ? Number(data.statusCode) : Number.NaN;
  return Number.isInteger(status) ? status : null;
}

/** `fetch failed` says nothing; what lies behind it does. */
function causeText(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = codeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return withoutCredentials(text.split('\n', 1)[0] ?? '').slice(0, 200);
}
