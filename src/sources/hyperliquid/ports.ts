/** What this folder needs of a cache and of limits: whoever opens it passes them in. */
export interface AnswerCache {
  /** Answers the text kept under a key, or fills it; overlapping fills run once, failed ones are not kept. */
  getOrFill(key: string, ttlSeconds: number, fill: () => Promise<string>): Promise<string>;
}

export interface PointLimiter {
  /** Waits until the points are allowed. */
  take(points: number, signal?: AbortSignal): Promise<void>;
}

/** @returns the limit of a name, points in any minute; the same one for the same name. */
export type Limiters = (name: string, pointsPerMinute: number) => PointLimiter;

export type Sleep = (ms: number) => Promise<void>;
