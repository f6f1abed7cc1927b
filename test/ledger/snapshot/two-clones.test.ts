import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactKind } from '../../../parsers/artifact.js';
import { mergeRecords } from '../../../parsers/merge-records.js';
import { resolveRevision } from '../../../src/git/revision.js';
import { listArtifacts } from '../../../src/git/tree.js';
import { checkSnapshots } from '../../../src/ledger/snapshot/check-snapshots.js';
import { mergeSnapshotState } from '../../../src/ledger/snapshot/merge-snapshot-state.js';
import { openHyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { createHistoryRepository } from '../../support/history-repository.js';
import { playHour } from './play-hours.js';
import { SIXTY_DAYS } from './sixty-days-script.js';
import { ACCOUNT, playedClock, SOURCE, snapshotIn } from './snapshot-harness.js';

type Files = Map<string, string>;

const clock = playedClock('2026-03-01T00:00:02.500Z');
let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn({ script: SIXTY_DAYS, clock: clock.read });
});
afterEach(() => standIn.close());

async function play(files: Files, ...times: readonly string[]): Promise<string> {
  const open = { address: ACCOUNT, apiUrl: standIn.url, clock: clock.read, warn: () => undefined };
  const exchange = openHyperliquid({ ...open, sleep: clock.sleep, random: () => 0 });
  for (const time of times) {
    clock.set(`2026-03-${time}Z`);
    await playHour(files, exchange, clock.read);
  }
  return (
    [...files.keys()]
      .filter((path) => artifactKind(path) === 'snapshot')
      .sort()
      .at(-1) ?? ''
  );
}

/** As git's merge driver merges them. */
function merged(ours: Files, theirs: Files): Files {
  const files = new Map([...theirs, ...ours]);
  for (const [path, text] of ours) {
    const other = theirs.get(path);
    if (other === undefined || other === text) continue;
    const kind = artifactKind(path);
    if (kind === 'flows') {
      const { text: both, conflicts } = mergeRecords('flows', '', text, other);
      expect(conflicts).toEqual([]);
      files.set(path, both);
    } else if (kind === 'state') {
      files.set(path, mergeSnapshotState(text, other, path) ?? 'a person decides');
    }
  }
  return files;
}

async function findings(files: Files): Promise<readonly unknown[]> {
  const history = await createHistoryRepository([Object.fromEntries(files)]);
  try {
    const { repository } = history;
    const head = await resolveRevision(repository);
    return await checkSnapshots({ repository }, await listArtifacts(repository, head?.artifactsTree ?? ''));
  } finally {
    history.remove();
  }
}

describe('two clones that both take snapshots of an account, and merge', () => {
  it('count on from the older first snapshot, each flow once, whoever merges whom', async () => {
    const [one, two]: readonly [Files, Files] = [new Map(), new Map()];
    await play(one, '01T00:00:02.500', '01T01:00:02.500', '02T13:00:02.500');
    await play(two, '01T02:00:05.500', '01T03:00:05.500', '02T14:00:05.500');
    for (const files of [merged(one, two), merged(two, one)]) {
      const path = await play(files, '02T15:00:02.500', '05T07:00:02.500');
      const record = snapshotIn(files.get(path) ?? '', path);
      // 12650.75 - 0 - (10000 + 2500.50), from the first that either of them has taken
      expect(record.pnl.all).toMatchObject({
        valueUsd: '150.25',
        baseline: '.moha/maven/snapshots/2026/03/snapshot_20260301T000002Z.json',
      });
      const flows = [...files].filter(([name]) => artifactKind(name) === 'flows');
      const ids = flows.flatMap(([, text]) =>
        text
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { readonly external_flow_id: string }).external_flow_id),
      );
      expect(new Set(ids).size).toBe(2);
      expect(await findings(files)).toEqual([]);
      expect(JSON.parse(files.get(`.moha/maven/state/${SOURCE}.json`) ?? '{}')).toMatchObject({
        state: { accounts: { [ACCOUNT]: { snapshots_before: 0 } } },
      });
    }
  });
});
