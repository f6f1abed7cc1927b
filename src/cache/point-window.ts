/** Points taken in the last stretch of time, in this process. */
export interface PointWindow {
  /** Takes points if they are free. @returns 0 = taken, otherwise milliseconds until they may be. */
  take(points: number): number;
  /** Notes points that were granted elsewhere, free or not. */
  note(points: number): void;
}

interface Taking {
  readonly at: number;
  readonly points: number;
}

/**
 * Counts exactly: in no stretch of `windowMs` are more than `limit` points taken. A counter that starts anew each
 * minute lets twice as many pass around the turn of the minute.
 *
 * @param now - milliseconds that never run backwards.
 */
export function createPointWindow(limit: number, windowMs: number, now: () => number): PointWindow {
  let takings: Taking[] = [];
  const current = (): number => {
    const start = now() - windowMs;
    takings = takings.filter(({ at }) => at > start);
    return takings.reduce((sum, { points }) => sum + points, 0);
  };
  return {
    take: (points) => {
      let free = limit - current();
      if (points <= free) {
        takings.push({ at: now(), points });
        return 0;
      }
      for (const taking of takings) {
        free += taking.points;
        if (points <= free) return Math.max(1, Math.ceil(taking.at + windowMs - now()));
      }
      return windowMs;
    },
    note: (points) => {
      takings.push({ at: now(), points });
    },
  };
}
