/**
 * The shape of `.bench/results.json`, which the speed table of README and `docs/proofs.md` are made from.
 *
 * One entry a group of rows, and each says by itself when, of which commit, how large and on which machine it was
 * measured: `npm run bench -- --only sync` replaces that group and leaves the others as they were.
 */
export interface BenchResults {
  readonly format: 1;
  /** In the order of {@link GROUPS}; a group that was never measured is not there. */
  readonly groups: readonly GroupResult[];
}

/** What can be asked for with `--only`, in the order of the table. */
export const GROUPS = [
  'start',
  'projection',
  'ledger',
  'reconcile',
  'commit',
  'sync',
  'metrics',
  'mcp',
  'growth',
  'history',
] as const;

export type GroupName = (typeof GROUPS)[number];

export interface GroupResult {
  readonly group: GroupName;
  readonly run: RunDescription;
  /** Measured against something, as ratios. */
  readonly rows: readonly SpeedRow[];
  /** Group `growth` only: the same command over repositories of several sizes. */
  readonly growth: readonly GrowthRow[];
  /** Group `history` only: years of commits, in several states of packing. */
  readonly history: readonly HistoryRow[];
  /** What was not measured, and why: a peer that is not installed, or was not asked for. */
  readonly leftOut: readonly LeftOut[];
}

/** When, of what and on which machine a group was measured. */
export interface RunDescription {
  /** UTC, ISO 8601. */
  readonly date: string;
  /** Of maven-git, 40 hex digits; null outside of a repository. */
  readonly commit: string | null;
  /** Tracked files differed from that commit. */
  readonly changed: boolean;
  readonly seed: number;
  readonly size: Size;
  /** How often each side of a row was run, at least. */
  readonly runs: number;
  readonly machine: Machine;
  readonly peers: readonly Peer[];
}

/** `10k`, `100k` or `1m` trades; what else there is beside them. */
export interface Size {
  readonly trades: number;
  readonly decisions: number;
  readonly snapshots: number;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly system: string;
  /** Over 1, 5 and 15 minutes, before the group began. */
  readonly load: readonly [number, number, number];
  /** Part of all cores that others used while the bench waited, before and after the group: the larger, in percent. */
  readonly busyPct: number;
  /** The figures of a busy machine are shown with a mark. */
  readonly busy: boolean;
}

/** A program that was measured against, or that both sides use. */
export interface Peer {
  readonly name: string;
  /** As it tells itself; null = not installed. */
  readonly version: string | null;
}

/** Of several runs. The smallest and the largest say how far the median can be believed. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface SpeedRow {
  /** Stable, for scripts: `rebuild`, `verify`, `sync-first`. */
  readonly id: string;
  readonly what: string;
  readonly against: string;
  readonly seconds: Spread;
  readonly againstSeconds: Spread;
  /** Median by median; smallest and largest of the pairs that ran one after the other. */
  readonly ratio: Spread;
  /** Largest ratio that is good enough; null = none was set. */
  readonly goal: number | null;
  readonly met: boolean;
  readonly runs: number;
  /** Of the process and its children at their largest; null = not a process of its own, or not known on this system. */
  readonly peakMiB: number | null;
  readonly againstPeakMiB: number | null;
}

export interface GrowthRow {
  /** Stable, for scripts: `status`, `reconcile-one`. */
  readonly id: string;
  readonly what: string;
  readonly database: 'postgres' | 'embedded' | 'none';
  readonly points: readonly GrowthPoint[];
  /** Largest size by smallest, medians; null where fewer than two sizes were measured. */
  readonly overTrades: GrowthRatio | null;
  readonly overDecisions: GrowthRatio | null;
  /** Largest ratio that passes for flat; null = of course it grows, shown for comparison. */
  readonly goal: number | null;
  readonly met: boolean;
}

export interface GrowthPoint {
  readonly trades: number;
  readonly decisions: number;
  readonly seconds: Spread;
  readonly peakMiB: number | null;
}

export interface GrowthRatio {
  readonly time: number;
  readonly memory: number | null;
}

export interface HistoryRow {
  readonly commits: number;
  /** `packed`, `packed, commit-graph`, `loose`. */
  readonly state: string;
  /** The command, or what was counted. */
  readonly what: string;
  readonly value: Spread;
  readonly unit: 'seconds' | 'MiB' | 'objects' | 'packs';
  readonly peakMiB: number | null;
}

export interface LeftOut {
  readonly what: string;
  readonly reason: string;
}

/** Puts freshly measured groups in the place of older ones. */
export function mergeGroups(old: readonly GroupResult[], fresh: readonly GroupResult[]): BenchResults {
  const byName = new Map([...old, ...fresh].map((result) => [result.group, result]));
  return { format: 1, groups: GROUPS.flatMap((name) => byName.get(name) ?? []) };
}

/** @returns null for a file of an older shape: it is measured anew, never read as if it said the same. */
export function readResults(text: string): BenchResults | null {
  const value: unknown = JSON.parse(text);
  const isOurs = typeof value === 'object' && value !== null && 'format' in value && value.format === 1;
  return isOurs ? (value as BenchResults) : null;
}
