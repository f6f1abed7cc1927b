import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { nameOf } from '../../../parsers/artifact-name.js';
import { parseDecision } from '../../../parsers/decision.js';
import { foldLedger } from '../../../parsers/fold-ledger.js';
import type { EquityReading } from '../../../parsers/performance-tally.js';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { parseTrades, type TradeRevision, tradeKey } from '../../../parsers/trades.js';
import type { CommitBase } from '../../git/commit.js';
import type { ReportProgress } from '../../progress.js';
import type { LedgerContent, LedgerDecision } from './fold-performance.js';

/**
 * Reads what performance is computed from out of one commit. A trade that stands in two files counts where it stands
 * first, by path: as in the projection.
 */
export async function readLedgerContent(base: CommitBase, progress: ReportProgress): Promise<LedgerContent> {
  const trades = new Map<string, TradeRevision>();
  await eachArtifact(base, 'trades', progress, (text, path) => {
    for (const { record } of foldLedger(parseTrades(text, path).records, path).trades) {
      const key = tradeKey(record);
      if (!trades.has(key)) trades.set(key, record);
    }
  });
  const decisions = new Map<string, LedgerDecision>();
  await eachArtifact(base, 'decisions', progress, (text, path) => {
    const record = parseDecision(text, path).records[0]?.record;
    if (record !== undefined) decisions.set(nameOf(path), record);
  });
  const equity: EquityReading[] = [];
  await eachArtifact(base, 'snapshots', progress, (text, path) => {
    const record = parseSnapshot(text, path).records[0]?.record;
    if (record === undefined) return;
    equity.push({
      at: record.snapshotAt,
      account: `${record.source}/${record.account}`,
      valueUsd: record.quality.status === 'complete' ? record.totalValueUsd : null,
      flowUsd: record.externalFlows.netUsd,
    });
  });
  // Files come in the order of their paths; a stable sort keeps it between equal times.
  equity.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  return { trades: [...trades.values()], decisions, equity };
}

async function eachArtifact(
  base: CommitBase,
  folder: 'trades' | 'decisions' | 'snapshots',
  progress: ReportProgress,
  see: (text: string, path: string) => void,
): Promise<void> {
  const paths = (await base.list(`${ARTIFACTS_ROOT}/${folder}`)).filter(
    (path) => artifactKind(path) !== null,
  );
  for (const [i, path] of paths.entries()) {
    const bytes = await base.read(path);
    if (bytes !== null) see(decodeArtifact(bytes, path).text, path);
    progress({ phase: `reading ${folder}`, done: i + 1, total: paths.length });
  }
}
