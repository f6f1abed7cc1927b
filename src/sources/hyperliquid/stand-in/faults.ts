import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to misbehave that has been seen in the wild. */
export type StandInFault =
  /** 429; `retryAfter` in seconds or as an HTTP date. */
  | { readonly kind: 'too_many_requests'; readonly retryAfter?: string }
  /** 500 with JSON `null`, as the exchange does. */
  | { readonly kind: 'server_error' }
  /** 502 with a page of the CDN. */
  | { readonly kind: 'bad_gateway' }
  /** 200 with a page of the CDN. */
  | { readonly kind: 'html' }
  /** 422 with plain text. */
  | { readonly kind: 'refused' }
  /** The request is read and never answered. */
  | { readonly kind: 'hang' }
  /** A byte now and then, without end. */
  | { readonly kind: 'drip' }
  /** Half of the JSON, as if it were all. */
  | { readonly kind: 'truncated' }
  /** Half of what was announced, then the connection breaks. */
  | { readonly kind: 'cut_off' }
  /** Another JSON value than an answer of this kind: `null`. */
  | { readonly kind: 'wrong_type' }
  /** The field at a path such as `assetPositions.0.position.szi` is left out. */
  | { readonly kind: 'missing_field'; readonly path: string }
  /** The field at a path holds something else: a number where text belongs, or the other way round. */
  | { readonly kind: 'replaced_field'; readonly path: string; readonly value: unknown }
  /** JSON without end. */
  | { readonly kind: 'huge' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection is broken before an answer. */
  | { readonly kind: 'reset' };

const HTML = '<html><head><title>502 Bad Gateway</title></head><body>cloudfront</body></html>';
const MAX_HUGE_BYTES = 64 * 1_048_576;

/** Answers wrongly. @param value - what the right answer would have been. */
export async function misbehave(
  fault: StandInFault,
  response: ServerResponse,
  value: unknown,
): Promise<void> {
  switch (fault.kind) {
    case 'too_many_requests':
      return send(response, 429, 'application/json', 'null', retryHeader(fault.retryAfter));
    case 'server_error':
      return send(response, 500, 'application/json', 'null');
    case 'bad_gateway':
      return send(response, 502, 'text/html', HTML);
    case 'html':
      return send(response, 200, 'text/html', HTML);
    case 'refused':
      return send(response, 422, 'text/plain', 'Failed to deserialize the JSON body into the target type');
    case 'hang':
      return;
    case 'drip':
      return drip(response);
    case 'truncated':
      return send(response, 200, 'application/json', half(value));
    case 'cut_off':
      return cutOff(response, value);
    case 'wrong_type':
      return send(response, 200, 'application/json', 'null');
    case 'missing_field':
      return send(response, 200, 'application/json', JSON.stringify(edited(value, fault.path, undefined)));
    case 'replaced_field':
      return send(response, 200, 'application/json', JSON.stringify(edited(value, fault.path, fault.value)));
    case 'huge':
      return huge(response);
    case 'empty':
      return send(response, 200, 'application/json', '');
    case 'redirect':
      return send(response, 307, 'text/plain', '', { location: fault.to });
    case 'reset':
      response.socket?.resetAndDestroy();
  }
}

export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function retryHeader(retryAfter: string | undefined): Readonly<Record<string, string>> {
  return retryAfter === undefined ? {} : { 'retry-after': retryAfter };
}

function half(value: unknown): string {
  const text = JSON.stringify(value);
  return text.slice(0, Math.max(1, Math.floor(text.length / 2)));
}

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed) {
    response.write(' ');
    await sleep(20, undefined, { ref: false });
  }
}

async function cutOff(response: ServerResponse, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  await new Promise<void>((resolve) => response.write(half(value), () => resolve()));
  response.socket?.destroy();
}

async function huge(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = `"${'x'.repeat(65_533)}",`;
  response.write('[');
  const closed = once(response, 'close');
  for (let sent = 0; sent < MAX_HUGE_BYTES && !response.destroyed; sent += chunk.length) {
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end('0]');
}

/** A copy with one field replaced, or left out. @throws RangeError when there is no such field. */
function edited(value: unknown, path: string, replacement: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], copy);
  if (typeof holder !== 'object' || holder === null || !(last in holder)) {
    throw new RangeError(`the stand-in has no field '${path}' to change`);
  }
  if (replacement === undefined) delete (holder as Record<string, unknown>)[last];
  else (holder as Record<string, unknown>)[last] = replacement;
  return copy;
}
