import { createHash } from 'node:crypto';
import { isCanonicalDecimal } from '../../../parsers/decimal.js';
import {
  addDecimals,
  negateDecimal,
  signOfDecimal,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import type { FlowClassification, FlowRecord } from '../../../parsers/flows.js';
import { readJsonObject } from '../../../parsers/json-text.js';
import { ExactNumber, type ExactValue, exactJson } from './exact-value.js';
import type { LedgerDelta, LedgerUpdate } from './ledger-schema.js';
import { timeOfMoment } from './moments.js';
import { visible } from './validate.js';

export interface FlowsOfUpdates {
  /** In order of time, one an update. */
  readonly flows: readonly FlowRecord[];
  /** One sentence a kind of update that is not known, or that came in another form than it should have. */
  readonly warnings: readonly string[];
}

/**
 * Makes flow records of ledger updates, from the point of view of one account.
 *
 * The account is everything that a snapshot counts: perps of all dexes, spot, vaults, what is staked. What moves between those is
 * `internal` and its amount is what was moved, without a direction; what enters or leaves is `external` and signed;
 * what is earned or lost beside trading is `income` or `loss`, hence profit. Sub-accounts are outside.
 *
 * A withdrawal or transfer that the account sends counts with its fee in USDC: so much leaves, and the exchange's own
 * P&L has it so (`portfolio`). `amountUsd` is null where the exchange names no value in dollars.
 *
 * @param address - of the account, lower case.
 * @param recordedAt - canonical time.
 */
export function flowsOfUpdates(
  updates: readonly LedgerUpdate[],
  address: string,
  recordedAt: string,
): FlowsOfUpdates {
  const ids = flowIds(updates);
  const unknown = new Map<string, number>();
  const odd: string[] = [];
  const flows = updates.map((update, index): FlowRecord => {
    const { delta } = update;
    const flowType = delta.type === 'unknown' ? delta.name : delta.type;
    if (delta.type === 'unknown' && delta.fault === null)
      unknown.set(flowType, (unknown.get(flowType) ?? 0) + 1);
    else if (delta.type === 'unknown') odd.push(oddUpdate(delta.name, delta.fault ?? '', update.time));
    const metadata = readJsonObject(exactJson(update.raw));
    return {
      source: 'hyperliquid',
      externalFlowId: ids[index] ?? '',
      occurredAt: timeOfMoment(update.time),
      recordedAt,
      flowType: bounded(flowType, 200),
      ...movementOf(delta, address),
      metadata: 'json' in metadata ? metadata.json : null,
    };
  });
  const warnings = [...unknown].map(
    ([name, count]) =>
      `Hyperliquid ledger: ${count} updates of the unknown kind '${visible(name, 60)}', kept as unclassified`,
  );
  return { flows, warnings: [...warnings, ...odd] };
}

function oddUpdate(name: string, fault: string, time: number): string {
  return `Hyperliquid ledger: ${name} at ${timeOfMoment(time)} has another form (${visible(fault, 100)}), kept as unclassified`;
}

type Movement = Pick<FlowRecord, 'classification' | 'amountUsd' | 'asset' | 'amountAsset'>;

function movementOf(delta: LedgerDelta, address: string): Movement {
  switch (delta.type) {
    case 'deposit':
      return usdc('external', delta.usdc);
    case 'withdraw':
      return usdc('external', negateDecimal(addDecimals(delta.usdc, delta.fee)));
    case 'internalTransfer':
      return transferred(delta, usdc('external', delta.usdc), delta.fee, address);
    case 'subAccountTransfer':
      return transferred(delta, usdc('external', delta.usdc), '0', address);
    case 'spotTransfer':
    case 'send':
      return transferred(delta, valued('external', delta), feeInUsdc(delta), address);
    case 'accountClassTransfer':
    case 'vaultDistribution':
      return usdc('internal', delta.usdc);
    case 'vaultCreate':
    case 'vaultDeposit':
      // The updates of a vault itself tell of its depositors: their money comes from outside.
      return usdc(delta.vault === address ? 'external' : 'internal', delta.usdc);
    case 'vaultWithdraw':
      return delta.vault === address && delta.user !== address
        ? usdc('external', negateDecimal(delta.netWithdrawnUsd))
        : usdc('internal', delta.netWithdrawnUsd);
    case 'vaultLeaderCommission':
      return usdc('income', delta.usdc);
    case 'rewardsClaim':
    case 'spotGenesis':
      return counted('income', delta.token, delta.amount);
    case 'borrowLend':
    case 'activateDexAbstraction':
    case 'cStakingTransfer':
      return counted('internal', delta.token, delta.amount);
    case 'deployGasAuction':
      return counted('loss', delta.token, negateDecimal(delta.amount));
    case 'liquidation':
      // What was lost is in the equity already; the update names positions and no amount.
      return { classification: 'loss', amountUsd: null, asset: null, amountAsset: null };
    case 'unknown':
      return { classification: 'unclassified', amountUsd: null, asset: null, amountAsset: null };
  }
}

/** Into the account, out of it with the fee, within it, or between two others, which is not understood. */
function transferred(
  { user, destination }: { readonly user: string; readonly destination: string },
  inward: Movement,
  feeUsd: string,
  address: string,
): Movement {
  if (user === address && destination === address) return { ...inward, classification: 'internal' };
  if (destination === address) return inward;
  if (user !== address) return { ...inward, classification: 'unclassified' };
  const outUsd = inward.amountUsd === null ? null : negateDecimal(addDecimals(inward.amountUsd, feeUsd));
  const amount = inward.amountAsset;
  const inUsdc = inward.asset === 'USDC';
  return {
    classification: 'external',
    amountUsd: outUsd,
    asset: inward.asset,
    amountAsset: amount === null ? null : negateDecimal(inUsdc ? addDecimals(amount, feeUsd) : amount),
  };
}

function usdc(classification: FlowClassification, amount: string): Movement {
  return { classification, amountUsd: amount, asset: 'USDC', amountAsset: amount };
}

function valued(
  classification: FlowClassification,
  {
    token,
    amount,
    usdcValue,
  }: { readonly token: string; readonly amount: string; readonly usdcValue?: string | undefined },
): Movement {
  const known = counted(classification, token, amount);
  return { ...known, amountUsd: usdcValue ?? known.amountUsd };
}

/** Only USDC has a known value in dollars. */
function counted(classification: FlowClassification, token: string, amount: string): Movement {
  const asset = assetOf(token);
  return { classification, amountUsd: asset === 'USDC' ? amount : null, asset, amountAsset: amount };
}

/** `HYPE:0x0d01...` is HYPE. */
function assetOf(token: string): string {
  const name = bounded(token.split(':')[0] ?? token, 60);
  return name === '' ? 'unnamed' : name;
}

/** Escapes make a text longer than the record's field has room for: it is cut again. */
function bounded(text: string, length: number): string {
  return visible(text, length).slice(0, length).toWellFormed();
}

/** A fee in another token is left to the P&L, where it shows as a loss of that token. */
function feeInUsdc({
  fee,
  feeToken,
}: {
  readonly fee: string;
  readonly feeToken?: string | undefined;
}): string {
  return signOfDecimal(fee) !== 0 && (feeToken === undefined || feeToken === '' || feeToken === 'USDC')
    ? fee
    : '0';
}

/** Digits of the content's hash in an id: enough that two updates of one transaction never share them. */
const DIGEST_DIGITS = 12;
/** Of a kind, in an id: account, hash, time, kind, content and a note's ending fit in 255 characters. */
const MAX_KIND = 32;

/**
 * One id an update: `hash:time:kind:content`, and `:2`, `:3` for further ones that are the same in all four.
 *
 * A hash alone is not enough: one transaction may carry several deltas, and some kinds come with a hash of zeros. The
 * content is a digest of what is read of the update (amounts, token, direction, other side) and of nothing else: the
 * exchange adds fields to its answers, and a known flow must not come back as a new one. So an id depends on no other
 * update: a twin that is told later changes none.
 */
function flowIds(updates: readonly LedgerUpdate[]): readonly string[] {
  const counts = new Map<string, number>();
  return updates.map((update) => {
    const { hash, time, delta } = update;
    const kind = bounded(delta.type === 'unknown' ? delta.name : delta.type, MAX_KIND);
    const id = `${hash.toLowerCase()}:${time}:${kind}:${digestOf(update)}`;
    const place = (counts.get(id) ?? 0) + 1;
    counts.set(id, place);
    return place === 1 ? id : `${id}:${place}`;
  });
}

function digestOf({ delta, raw }: LedgerUpdate): string {
  // Of a kind that is not known everything is content.
  const content = delta.type === 'unknown' ? raw : (delta as unknown as ExactValue);
  return createHash('sha256').update(contentText(content)).digest('hex').slice(0, DIGEST_DIGITS);
}

/** The same content gives the same text, whatever the order of its keys and the zeros behind its amounts. */
function contentText(value: ExactValue | undefined): string {
  if (typeof value === 'string')
    return JSON.stringify(isCanonicalDecimal(value) ? trimDecimal(value) : value);
  if (Array.isArray(value)) return `[${value.map(contentText).join(',')}]`;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber)
    return value === undefined ? 'null' : exactJson(value);
  const entries = Object.entries(value as { readonly [key: string]: ExactValue | undefined })
    .filter(([, inner]) => inner !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${contentText(inner)}`).join(',')}}`;
}
