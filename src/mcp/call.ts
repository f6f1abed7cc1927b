/** What a request brings besides its arguments. */
export interface Call {
  /** Aborted when the client cancels the request or goes away. */
  readonly signal: AbortSignal;
  /** Tells the client how far it is, where it wants to know. */
  readonly report: (message: string) => void;
}

/** Waits for a result, but no longer than the caller does. */
export function whileWanted<T>(signal: AbortSignal, result: Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
