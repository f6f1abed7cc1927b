/**
 * Runs a generator ahead of whoever takes its items, so that it works while the taker waits for something else.
 *
 * @param most - so many items wait at most.
 */
export async function* readAhead<T>(source: AsyncGenerator<T>, most: number): AsyncGenerator<T> {
  const waiting: T[] = [];
  let state = 'running' as 'running' | 'ended' | 'left';
  let failure: { readonly error: unknown } | null = null;
  let wakeTaker = (): void => undefined;
  let wakeSource = (): void => undefined;
  const run = async (): Promise<void> => {
    try {
      for await (const item of source) {
        if (state === 'left') return;
        waiting.push(item);
        wakeTaker();
        if (waiting.length < most) continue;
        await new Promise<void>((resolve) => {
          wakeSource = resolve;
        });
      }
    } catch (error) {
      failure = { error };
    } finally {
      if (state === 'running') state = 'ended';
      wakeTaker();
    }
  };
  const ran = run();
  try {
    for (;;) {
      const item = waiting.shift();
      if (item !== undefined) {
        wakeSource();
        yield item;
      } else if (state === 'ended') {
        break;
      } else {
        await new Promise<void>((resolve) => {
          wakeTaker = resolve;
        });
      }
    }
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
  } finally {
    state = 'left';
    wakeSource();
    await ran;
  }
}
