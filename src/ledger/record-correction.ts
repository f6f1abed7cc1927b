import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { readDecimal } from '../../parsers/decimal.js';
import { readTime } from '../../parsers/time.js';
import { formatTrade, type TradeRevision } from '../../parsers/trades.js';
import type { CommitBase } from '../git/commit.js';
import { inputInvalid, nowText, optionalText, orInputInvalid, requireText } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';
import { assetOfSymbol } from './sync-trades/asset-name.js';
import { findTrade } from './sync-trades/find-trade.js';
import { appendLines } from './sync-trades/ledger-day.js';
import { withDerived } from './sync-trades/revise-trade.js';
import { sameValue, TRADE_FIELDS, type TradeFieldDescription } from './sync-trades/trade-fields.js';
import { type Correction, formatTradeMetadata, readTradeMetadata } from './sync-trades/trade-metadata.js';

/** A correction as a caller gives it; all text. */
export interface CorrectionInput {
  /** `moha/123`, or `123` where only one source has it. */
  readonly trade: string;
  /** `fees_usd=1.25`; nothing after the sign: the value is not known. */
  readonly fields: readonly string[];
  /** Names of fields whose correction is taken back: what upstream said holds again. */
  readonly withdraw: readonly string[];
  readonly reason?: string | undefined;
}

/** What a correction changed. */
export interface Corrected extends Recorded {
  readonly trade: string;
  readonly revision: number;
  readonly changes: readonly {
    readonly field: string;
    readonly old: string | null;
    readonly new: string | null;
  }[];
}

/**
 * Corrects a trade by appending a revision; nothing that was written is edited.
 *
 * A corrected field stays as corrected whatever upstream goes on saying, until the correction is withdrawn; that
 * upstream has changed its mind is reported by the sync.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordCorrection(
  dependencies: JobDependencies,
  input: CorrectionInput,
): Promise<Corrected> {
  const reason = requireText('reason', input.reason).trim();
  const given = input.fields.map(readAssignment);
  const withdrawn = input.withdraw.map(fieldNamed);
  const names = [...given.map(({ description }) => description.name), ...withdrawn.map(({ name }) => name)];
  if (names.length === 0)
    throw inputInvalid('nothing to correct', 'give --field name=value, or --withdraw name');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw inputInvalid(`${twice} is named twice`);
  let result: Omit<Corrected, 'commit'> | null = null;
  const commit = await commitJob(dependencies, 'record correction', async (base) => {
    const found = await findTrade(base, input.trade.trim());
    const before = found.record;
    const after = correct(before, given, withdrawn, reason, nowText(dependencies.clock));
    await requireDecision(base, before, after);
    const line = orInputInvalid('correction', () => formatTrade(after));
    const changes = TRADE_FIELDS.filter(
      ({ field, kind }) => !sameValue(kind, before[field], after[field]),
    ).map(({ field, name }) => ({ field: name, old: before[field], new: after[field] }));
    result = { path: found.path, trade: found.key, revision: after.revision, changes };
    return {
      files: new Map([[found.path, appendLines(found.bytes, Buffer.from(line))]]),
      subject: `correction: ${found.key} ${names.join(', ')}`,
      body: reason,
      records: 1,
    };
  });
  if (result === null) throw inputInvalid('nothing to correct');
  return { ...(result as Omit<Corrected, 'commit'>), commit };
}

interface Assignment {
  readonly description: TradeFieldDescription;
  readonly value: string | null;
}

function correct(
  before: TradeRevision,
  given: readonly Assignment[],
  withdrawn: readonly TradeFieldDescription[],
  reason: string,
  correctedAt: string,
): TradeRevision {
  const metadata = readTradeMetadata(before.metadata);
  const corrections: Record<string, Correction> = { ...metadata.corrections };
  const values: Record<string, string | null> = {};
  for (const { description, value } of given) {
    const { field, kind, name } = description;
    if (sameValue(kind, before[field], value) && name in corrections) {
      throw inputInvalid(`${name} is ${value ?? 'unknown'} already, by a correction`);
    }
    const known = corrections[name];
    // Null is a word of upstream's as well: what a person said before must not pass for it.
    const upstream = known === undefined ? before[field] : known.upstream;
    corrections[name] = { reason, upstream, correctedAt };
    values[field] = value;
  }
  for (const { field, name } of withdrawn) {
    const correction = corrections[name];
    if (correction === undefined) throw inputInvalid(`${name} has no correction to withdraw`);
    values[field] = correction.upstream;
    delete corrections[name];
  }
  const after = withDerived({ ...before, ...values }, corrections);
  return {
    ...after,
    revision: before.revision + 1,
    recordedAt: correctedAt,
    metadata: formatTradeMetadata({ ...metadata, corrections }),
  };
}

function readAssignment(text: string): Assignment {
  const sign = text.indexOf('=');
  if (sign === -1)
    throw inputInvalid(
      `--field ${JSON.stringify(text.slice(0, 64))} gives no value`,
      'give --field name=value',
    );
  const description = fieldNamed(text.slice(0, sign).trim());
  const value = optionalText(text.slice(sign + 1));
  return { description, value: value === null ? null : readValue(description, value) };
}

function fieldNamed(name: string): TradeFieldDescription {
  const description = TRADE_FIELDS.find((candidate) => candidate.name === name);
  if (description !== undefined) return description;
  const known = TRADE_FIELDS.map((candidate) => candidate.name).join(', ');
  throw inputInvalid(`${JSON.stringify(name.slice(0, 64))} is no field of a trade`, `name one of ${known}`);
}

function readValue({ kind, name, bound }: TradeFieldDescription, text: string): string {
  if (name === 'asset') {
    const asset = assetOfSymbol(text);
    if (asset !== null) return asset;
    throw inputInvalid(`asset: ${JSON.stringify(text.slice(0, 64))} names no asset`);
  }
  if (kind === 'text') return text;
  if (kind === 'amount') {
    const amount = readDecimal(text);
    if (amount?.startsWith('-') === true && bound === 'not negative')
      throw inputInvalid(`${name}: ${JSON.stringify(text.slice(0, 64))} is negative`);
    if (amount !== null) return amount;
    throw inputInvalid(
      `${name}: expected a plain decimal such as -12.50, got ${JSON.stringify(text.slice(0, 64))}`,
    );
  }
  const reading = readTime(text);
  if (reading !== null && !reading.zoneMissing) return reading.time;
  throw inputInvalid(
    `${name}: expected an ISO 8601 time with a zone, got ${JSON.stringify(text.slice(0, 64))}`,
  );
}

/** A link must lead somewhere. */
async function requireDecision(base: CommitBase, before: TradeRevision, after: TradeRevision): Promise<void> {
  if (after.decision === null || after.decision === before.decision) return;
  const path = `${ARTIFACTS_ROOT}/decisions/${after.decision}`;
  const there = /^[\w.-]+\.md$/.test(after.decision) && (await base.read(path)) !== null;
  if (!there)
    throw inputInvalid(`decision: there is no ${JSON.stringify(after.decision.slice(0, 96))} in decisions/`);
}
