import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { nameOf } from '../../../parsers/artifact-name.js';
import { compareCodeUnits } from '../../../parsers/compare-text.js';
import { parseDecision } from '../../../parsers/decision.js';
import { foldLedger } from '../../../parsers/fold-ledger.js';
import type { EquityReading } from '../../../parsers/performance-tally.js';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { parseTrades, tradeKey } from '../../../parsers/trades.js';
import { readBlobs } from '../../git/blobs.js';
import type { CommitBase } from '../../git/commit.js';
import type { Repository } from '../../git/repository.js';
import type { ArtifactEntry } from '../../git/tree.js';
import type { ReportProgress } from '../../progress.js';
import type { LedgerContent, LedgerDecision, LedgerTrade } from './fold-performance.js';

/** What one file tells of performance. */
export type LedgerPart =
  | { readonly kind: 'trades'; readonly trades: readonly LedgerTrade[] }
  | { readonly kind: 'decision'; readonly decision: LedgerDecision }
  | { readonly kind: 'snapshot'; readonly reading: EquityReading }
  /** It cannot be read as what it is named for. */
  | { readonly kind: 'nothing' };

/** Parts of files by blob and path, so that revisions that share a file share what was read of it. */
export type LedgerParts = Map<string, LedgerPart>;

const FOLDERS = ['trades', 'decisions', 'snapshots'] as const;
const KINDS: ReadonlySet<string | null> = new Set(['trades', 'decision', 'snapshot']);

/**
 * Reads what performance is computed from out of one commit. A trade that stands in two files counts where it stands
 * first, by path: as in the projection.
 */
export async function readLedgerContent(base: CommitBase, progress: ReportProgress): Promise<LedgerContent> {
  const parts: (readonly [path: string, part: LedgerPart])[] = [];
  for (const folder of FOLDERS) {
    const paths = (await base.list(`${ARTIFACTS_ROOT}/${folder}`)).filter((path) =>
      KINDS.has(artifactKind(path)),
    );
    for (const [i, path] of paths.entries()) {
      const bytes = await base.read(path);
      if (bytes !== null) parts.push([path, partOf(path, bytes)]);
      progress({ phase: `reading ${folder}`, done: i + 1, total: paths.length });
    }
  }
  return contentOf(parts);
}

/**
 * The same from the files of a revision, read in one stream.
 *
 * @param artifacts - every file of the revision, as `listArtifacts` gives them.
 * @param known - parts that need not be read again; what is read is added.
 */
export async function readLedgerOfRevision(
  repository: Repository,
  artifacts: readonly ArtifactEntry[],
  known: LedgerParts,
  progress: ReportProgress,
): Promise<LedgerContent> {
  const entries = artifacts.filter(
    ({ path, mode }) => mode.startsWith('100') && KINDS.has(artifactKind(path)),
  );
  const unread = entries.filter((entry) => !known.has(keyOf(entry)));
  let done = 0;
  for await (const { entry, bytes } of readBlobs(repository, unread)) {
    known.set(keyOf(entry), partOf(entry.path, bytes));
    done += 1;
    progress({ phase: 'reading the ledger again', done, total: unread.length });
  }
  return contentOf(
    entries.map((entry) => [entry.path, known.get(keyOf(entry)) ?? { kind: 'nothing' }] as const),
  );
}

function keyOf({ oid, path }: ArtifactEntry): string {
  return `${oid} ${path}`;
}

function partOf(path: string, bytes: Buffer): LedgerPart {
  const { text } = decodeArtifact(bytes, path);
  const kind = artifactKind(path);
  if (kind === 'trades') {
    const { trades } = foldLedger(parseTrades(text, path).records, path);
    return { kind, trades: trades.map(({ record }) => ledgerTrade(record)) };
  }
  if (kind === 'decision') {
    const record = parseDecision(text, path).records[0]?.record;
    if (record === undefined) return { kind: 'nothing' };
    return { kind, decision: { decidedAt: record.decidedAt, confidencePct: record.confidencePct } };
  }
  const record = parseSnapshot(text, path).records[0]?.record;
  if (record === undefined) return { kind: 'nothing' };
  return {
    kind: 'snapshot',
    reading: {
      at: record.snapshotAt,
      account: `${record.source}/${record.account}`,
      valueUsd: record.quality.status === 'complete' ? record.totalValueUsd : null,
      flowUsd: record.externalFlows.netUsd,
      since: record.externalFlows.since,
    },
  };
}

/** Prices, sizes and metadata of years of trades need not stay in memory. */
function ledgerTrade(trade: LedgerTrade): LedgerTrade {
  const { source, externalTradeId, tradeSource, sourceBotId, asset, side, status } = trade;
  const { realizedPnlUsd, feesUsd, openedAt, closedAt, decision } = trade;
  const named = { source, externalTradeId, tradeSource, sourceBotId, asset, side, status };
  return { ...named, realizedPnlUsd, feesUsd, openedAt, closedAt, decision };
}

function contentOf(parts: readonly (readonly [path: string, part: LedgerPart])[]): LedgerContent {
  const trades = new Map<string, LedgerTrade>();
  const decisions = new Map<string, LedgerDecision>();
  const equity: EquityReading[] = [];
  for (const [path, part] of parts) {
    if (part.kind === 'decision') decisions.set(nameOf(path), part.decision);
    else if (part.kind === 'snapshot') equity.push(part.reading);
    else if (part.kind === 'trades')
      for (const trade of part.trades) {
        const key = tradeKey(trade);
        if (!trades.has(key)) trades.set(key, trade);
      }
  }
  // Files come in the order of their paths; a stable sort keeps it between equal times.
  equity.sort((left, right) => compareCodeUnits(left.at, right.at));
  return { trades: [...trades.values()], decisions, equity };
}
