/**
 * Answers a signal that is aborted when the process is asked to end (SIGTERM, SIGINT), so that what has begun is
 * finished. A second time, it ends at once: everything it writes survives that.
 */
export function untilSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}
