/** What a number is worth: told with every number that an answer holds. Amounts, rates and counts are exact text. */
export interface Evidence {
  /** Null = not known or not defined, for the `reason`; never 0 for that. */
  readonly value: string | null;
  readonly unit: EvidenceUnit;
  /** How many records it was counted from. */
  readonly n: number;
  /** Half-open: `from` belongs to it, `to` does not. Null = it is of no stretch of time. */
  readonly window: EvidenceWindow | null;
  /** Why there is no value; null when there is one. */
  readonly reason: string | null;
  /** Where the true value lies; null = not a share, or no value. */
  readonly interval: EvidenceInterval | null;
  /** When the newest record was written that the answer could know, canonical; null = there is none. */
  readonly as_of: string | null;
  /** Whole seconds from `as_of` to the time asked, never below 0; null without `as_of`. */
  readonly age_seconds: number | null;
  /** `partial`: records that belong to it could not be counted. */
  readonly quality: 'complete' | 'partial';
  /** What it was counted from, and how that was checked, in a sentence. */
  readonly basis: EvidenceBasis;
  readonly artifacts: EvidenceArtifacts;
  readonly definition: EvidenceDefinition;
}

/** `ratio` has no unit; `seconds` is a duration. */
export type EvidenceUnit = 'percent' | 'USD' | 'ratio' | 'count' | 'seconds';

export interface EvidenceWindow {
  /** `all_time`, `2026-01`, `2026-W03`, `2026-01-14`, `2026-01-14T15`. */
  readonly label: string;
  /** Canonical times; null = without bound. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface EvidenceInterval {
  readonly method: 'wilson';
  readonly level_pct: '95';
  readonly low: string;
  readonly high: string;
}

/**
 * `metrics`: a metrics file states it, and counting anew gives the same. `trades`: counted from the trades, since no
 * file states it or the file is stale.
 */
export interface EvidenceBasis {
  readonly kind: 'metrics' | 'trades';
  /** What the metrics file of the period is worth: `stale` = it states other numbers, or follows other definitions. */
  readonly metrics_file: 'same' | 'stale' | 'missing';
  readonly note: string;
}

/** The files it was counted from. */
export interface EvidenceArtifacts {
  /** The metrics file first where there is one, then newest first; at most {@link MOST_ARTIFACTS}. */
  readonly paths: readonly string[];
  /** How many there are. */
  readonly count: number;
}

/** Which formula it follows, and the version of that formula; see parsers/METRICS.md. */
export interface EvidenceDefinition {
  readonly name: string;
  readonly version: string;
}

/** How many artifacts an answer names. */
export const MOST_ARTIFACTS = 10;

/** @returns whole seconds from a canonical time to another, never below 0. */
export function secondsSince(time: string | null, asked: string): number | null {
  return time === null ? null : Math.max(0, Math.floor((Date.parse(asked) - Date.parse(time)) / 1000));
}
