import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerTo, type StandInRequest } from './answers.js';
import { misbehave, type StandInFault, send } from './faults.js';
import { type StandInScript, type StandInState, stateAt } from './script.js';

export interface StandInOptions {
  readonly script: StandInScript;
  /** What time it is at the exchange; the script is played up to it. */
  readonly clock: () => Date;
  /** 0 = any free one. */
  readonly port?: number;
  /** Most ledger updates in one answer, 500 unless said otherwise. */
  readonly ledgerPageSize?: number;
}

/** A stand-in for the exchange's info API, on this machine only. */
export interface StandIn {
  /** For `HYPERLIQUID_API_URL`. */
  readonly url: string;
  /** Every request that was understood, in order. */
  readonly requests: readonly {
    readonly type: string;
    readonly user: string | undefined;
    readonly atMs: number;
  }[];
  /** The account as the script has it at a time, now unless said otherwise. */
  at(time?: Date): StandInState;
  /**
   * Misbehaves from the next request on.
   *
   * @param only - `call`: requests of this type alone; `times`: so many of them, without end unless said otherwise.
   */
  misbehave(fault: StandInFault, only?: { readonly call?: string; readonly times?: number }): void;
  /** Forgets all misbehaviour. */
  behave(): void;
  close(): Promise<void>;
}

interface Pending {
  readonly fault: StandInFault;
  readonly call: string | undefined;
  times: number;
}

const MAX_REQUEST_BYTES = 65_536;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/**
 * Starts an HTTP server on 127.0.0.1 that answers `POST /info` in the exchange's own shapes, playing a scripted account
 * through time, and that misbehaves on request.
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const { script, clock, ledgerPageSize = 500 } = options;
  const requests: StandIn['requests'][number][] = [];
  const pending: Pending[] = [];

  const faultFor = (call: string): StandInFault | null => {
    const next = pending.find((candidate) => candidate.times > 0 && (candidate.call ?? call) === call);
    if (next === undefined) return null;
    next.times -= 1;
    return next.fault;
  };

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, 500, 'text/plain', `stand-in: ${String(error)}`);
      else response.destroy();
    });
  });

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = readRequest(await bodyOf(message));
    if (message.method !== 'POST' || message.url !== '/info')
      return send(response, 404, 'text/plain', 'not found');
    if (request === null) return refuse(response);
    const now = clock();
    requests.push({ type: request.type, user: request.user, atMs: now.getTime() });
    const value = answerTo(script, request, now.getTime(), ledgerPageSize);
    const fault = faultFor(request.type);
    if (fault !== null) return misbehave(fault, response, value ?? null);
    if (value === undefined) return refuse(response);
    send(response, 200, 'application/json', JSON.stringify(value));
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    at: (time) => stateAt(script, (time ?? clock()).getTime()),
    misbehave: (fault, only = {}) => {
      pending.push({ fault, call: only.call, times: only.times ?? Number.POSITIVE_INFINITY });
    },
    behave: () => {
      pending.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @returns null = the exchange would not understand it. */
function readRequest(body: string): StandInRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string')
    return null;
  const request = value as StandInRequest;
  const needsUser = !['perpDexs', 'spotMeta', 'allMids'].includes(request.type);
  return needsUser && !ADDRESS.test(String(request.user)) ? null : request;
}

function refuse(response: ServerResponse): void {
  send(response, 422, 'text/plain', 'Failed to deserialize the JSON body into the target type');
}
