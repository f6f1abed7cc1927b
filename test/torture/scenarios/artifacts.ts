import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ArtifactKind, artifactKind } from '../../../parsers/artifact.js';
import { MAX_BYTES } from '../../../parsers/text.js';
import { loadProjector, type Projector, TABLE_OF_KIND } from '../../../src/projection/projector.js';
import { mutate } from '../../fuzz/mutate.js';
import { removeFolder } from '../../support/remove-folder.js';
import type { Random } from '../random.js';
import { emptyTally, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { examine } from './artifacts-examine.js';
import { type Material, material, pathFor } from './artifacts-material.js';
import { openTreeTrial } from './artifacts-tree.js';

const MUTANTS = 1_000_000;
/** Of them, so many go through git and Postgres too, in trees of their own. */
const TREES = 12;
const IN_A_TREE = 1500;
/** So much more than after the first thousands of files may be kept: compiled code, and what the mutations hold. */
const KEPT_BYTES = 64 * 2 ** 20;
const WARM_UP = 20_000;

/**
 * A million damaged artifacts: none ends the program or holds it up for a second, what is lost is told with its line, and
 * in a tree of good and bad ones the good rows are as if the bad ones were not there.
 */
export const damagedArtifacts: Scenario = {
  name: `${MUTANTS.toLocaleString('en-US')} damaged artifacts`,
  run: async (context) => {
    const { share } = context;
    const tally = await runDamaged(context, Math.ceil(MUTANTS * share), Math.ceil(TREES * share));
    await tryOversized(tally);
    return tally;
  },
};

/** The same with fewer. */
export async function runDamaged(
  context: TortureContext,
  mutants: number,
  trees: number,
  inATree = IN_A_TREE,
): Promise<Tally> {
  const { random, deadline } = context;
  const tally = emptyTally();
  const all = await material();
  const projectors = await allProjectors();
  const between = Math.max(1, Math.floor(mutants / trees));
  let [keptAtFirst, grown] = [0, 0];
  for (let number = 0; number < mutants && performance.now() < deadline; number += 1) {
    if (number % between === 0 && number / between < trees)
      await tryTree(context, { all, round: number / between, size: inATree }, tally);
    const mutant = mutantOf(all, random, number);
    tally.tries += 1;
    if (mutant.changed) tally.faults += 1;
    tally.kinds[mutant.kind] = (tally.kinds[mutant.kind] ?? 0) + 1;
    for (const fault of examine(mutant, projectors))
      tally.broken.push(`${mutant.path}: ${fault}${hintOf(mutant.bytes)}`);
    if (number === Math.min(WARM_UP, mutants >> 2)) keptAtFirst = keptBytes();
    if (number % 50_000 === 49_999) grown = Math.max(grown, keptBytes() - keptAtFirst);
    // The loop would otherwise starve the pings of an open connection.
    if (number % 1000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
  if (grown > KEPT_BYTES) tally.broken.push(`memory grew by ${Math.round(grown / 2 ** 20)} MiB`);
  return tally;
}

/** Files as large as they may be, and larger. */
async function tryOversized(tally: Tally): Promise<void> {
  const projectors = await allProjectors();
  for (const huge of oversized()) {
    tally.tries += 1;
    tally.faults += 1;
    for (const fault of examine(huge, projectors)) tally.broken.push(`${huge.path}, huge: ${fault}`);
  }
}

/** What is in use once all that is not has been thrown away: the rest is up to the engine, and to how busy the machine is. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export type Projectors = Readonly<Record<ArtifactKind, Projector>>;

async function allProjectors(): Promise<Projectors> {
  const kinds = Object.keys(TABLE_OF_KIND) as ArtifactKind[];
  const loaded = await Promise.all(kinds.map(async (kind) => [kind, await loadProjector(kind)] as const));
  return Object.fromEntries(loaded) as Record<ArtifactKind, Projector>;
}

/** One damaged file and where it would stand. */
export interface Mutant {
  readonly kind: ArtifactKind;
  readonly path: string;
  readonly bytes: Buffer;
  readonly changed: boolean;
}

function mutantOf(all: readonly Material[], random: Random, number: number): Mutant {
  const { kind, bytes } = random.pick(all);
  const damaged = mutate(bytes, random, random.pick(all).bytes);
  return { kind, path: pathFor(kind, number), bytes: damaged, changed: !damaged.equals(bytes) };
}

/** Files at the bounds of what is read at all, of every kind: one byte more, and one line as long as that. */
function* oversized(): Generator<Mutant> {
  for (const [index, kind] of (Object.keys(MAX_BYTES) as ArtifactKind[]).entries()) {
    const most = MAX_BYTES[kind];
    const path = pathFor(kind, index);
    yield { kind, path, bytes: Buffer.alloc(most + 1, 'a'), changed: true };
    if (most <= 32 * 2 ** 20) yield { kind, path, bytes: Buffer.alloc(most, '{"a":[1]},\n'), changed: true };
  }
}

/** Bad artifacts among good ones, through git, staging and Postgres. */
async function tryTree(
  context: TortureContext,
  { all, round, size }: { readonly all: readonly Material[]; readonly round: number; readonly size: number },
  tally: Tally,
): Promise<void> {
  const { random, dir } = context;
  const folder = join(dir, `tree-${round}`);
  mkdirSync(folder, { recursive: true });
  const trial = await openTreeTrial(folder, await context.postgres());
  try {
    const bad: Mutant[] = [];
    const taken = new Set<string>();
    for (let number = 0; bad.length < size && number < size * 4; number += 1) {
      const mutant = mutantOf(all, random, number);
      if (taken.has(mutant.path) || artifactKind(mutant.path) === null) continue;
      taken.add(mutant.path);
      bad.push(mutant);
    }
    tally.faults += bad.length;
    tally.tries += bad.length;
    tally.broken.push(...(await trial.run(bad)).map((fault) => `tree ${round}: ${fault}`));
  } finally {
    await trial.close();
    removeFolder(folder);
  }
}

/** Enough of a damaged file to try it again. */
function hintOf(bytes: Buffer): string {
  return bytes.length > 2000 ? ` (${bytes.length} bytes)` : `: ${bytes.toString('base64')}`;
}
