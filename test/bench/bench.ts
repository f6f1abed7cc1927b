import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { generateHistory, importHistory } from './dataset.js';
import { type Pairs, peakOfRuns, type Run, type RunOptions, runProcess } from './measure.js';
import type { BenchOptions, PeerName } from './options.js';
import type { GroupName, GroupResult, GrowthRow, HistoryRow, Peer, SpeedRow } from './results.js';
import { ratioOf, spreadOf } from './spread.js';

/** What every group of rows is measured with. */
export interface Surroundings {
  readonly options: BenchOptions;
  /** URL of the server's maintenance database. */
  readonly serverUrl: string;
  /** For repositories and scratch files; removed at the end. */
  readonly folder: string;
  /** Path of the built program. */
  readonly program: string;
  readonly peers: readonly Peer[];
  /** What several groups use, made once. */
  readonly made: Map<string, Promise<string>>;
  /** Tells what is going on, beside the results. */
  readonly note: (text: string) => void;
}

export interface RowDefinition {
  readonly id: string;
  readonly what: string;
  readonly against: string;
  readonly goal: number | null;
}

/** Measures one group. */
export type MeasureGroup = (bench: Bench) => Promise<void>;

export type Measured = Pick<GroupResult, 'group' | 'rows' | 'growth' | 'history' | 'leftOut'>;

/** Surroundings that collect what a group finds. */
export class Bench {
  readonly #rows: SpeedRow[] = [];
  readonly #growth: GrowthRow[] = [];
  readonly #history: HistoryRow[] = [];
  readonly #leftOut: { what: string; reason: string }[] = [];

  constructor(
    readonly group: GroupName,
    readonly around: Surroundings,
  ) {}

  get results(): Measured {
    return {
      group: this.group,
      rows: this.#rows,
      growth: this.#growth,
      history: this.#history,
      leftOut: this.#leftOut,
    };
  }

  /** Whether a peer is there and was asked for; where it is not, what it was for is left out, by name. */
  has(peer: PeerName, what: string): boolean {
    const { options, peers } = this.around;
    const installed = (peers.find(({ name }) => name === peer)?.version ?? null) !== null;
    if (installed && options.against.has(peer)) return true;
    const reason = installed ? `--against leaves ${peer} out` : `${peer} is not installed`;
    this.#leftOut.push({ what, reason });
    this.around.note(`left out: ${what}: ${reason}`);
    return false;
  }

  row(definition: RowDefinition, { left, right }: Pairs): void {
    const [ours, theirs] = [left.map(secondsOf), right.map(secondsOf)];
    const ratio = ratioOf(ours, theirs);
    const row = {
      ...definition,
      seconds: spreadOf(ours),
      againstSeconds: spreadOf(theirs),
      ratio,
      met: definition.goal === null || ratio.median <= definition.goal,
      runs: left.length,
      peakMiB: peakOfRuns(left),
      againstPeakMiB: peakOfRuns(right),
    };
    this.#rows.push(row);
    this.around.note(
      `${row.what}: ${row.seconds.median.toFixed(3)} s, ${ratio.median.toFixed(2)} x ${row.against}` +
        `${row.goal === null ? '' : ` (goal ${row.goal}${row.met ? '' : ', missed'})`}`,
    );
  }

  growth(row: GrowthRow): void {
    this.#growth.push(row);
  }

  history(row: HistoryRow): void {
    this.#history.push(row);
    const digits = row.unit === 'seconds' ? 2 : 0;
    this.around.note(`${row.state}: ${row.what}: ${row.value.median.toFixed(digits)} ${row.unit}`);
  }

  /** Runs the built program on a repository. */
  maven(repository: string, args: readonly string[], env: RunOptions['env'] = {}): Promise<Run> {
    const own = { MAVEN_GIT_AUTHOR: 'Bench <bench@localhost>', ...env };
    return runProcess(process.execPath, [this.around.program, ...args, '--repo', repository], { env: own });
  }

  /** An empty repository in the scratch folder. */
  async newRepository(name: string): Promise<string> {
    const repository = path.join(this.around.folder, name);
    mkdirSync(repository, { recursive: true });
    await runProcess('git', ['init', '--quiet', '--initial-branch=main'], { cwd: repository });
    for (const [key, value] of [
      ['user.name', 'Bench'],
      ['user.email', 'bench@localhost'],
      ['gc.auto', '0'],
    ] as const)
      await runProcess('git', ['config', key, value], { cwd: repository });
    return repository;
  }

  /** The repository of the size asked for, made once for all groups. */
  async repository(): Promise<string> {
    const { made, options } = this.around;
    const { size, seed } = options;
    const earlier = made.get('repository');
    if (earlier !== undefined) return earlier;
    const making = this.newRepository('repository').then(async (repository) => {
      await importHistory(repository, generateHistory(size, seed));
      await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
      return repository;
    });
    made.set('repository', making);
    return making;
  }
}

/** The bare start of node, which everything on the command line begins with. */
export function bareNode(): Promise<Run> {
  return runProcess(process.execPath, ['-e', '0']);
}

function secondsOf(run: Run): number {
  return run.seconds;
}
