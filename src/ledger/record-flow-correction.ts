import { createHash } from 'node:crypto';
import { readDecimal } from '../../parsers/decimal.js';
import { sameAmount } from '../../parsers/decimal-arithmetic.js';
import { rivalsOf } from '../../parsers/flow-corrections.js';
import { FLOW_CORRECTION, flowNotes } from '../../parsers/flow-notes.js';
import { type FlowClassification, type FlowRecord, flowKey, formatFlow } from '../../parsers/flows.js';
import type { CountedFlow } from '../../parsers/fold-flows.js';
import { readJsonObject } from '../../parsers/json-text.js';
import { flowsPath } from '../../parsers/paths.js';
import { inputInvalid, nowText, optionalText, orInputInvalid, requireText } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';
import { findFlow } from './snapshot/find-flow.js';
import { openFlowFiles } from './snapshot/flow-files.js';

/** A correction of a flow as a caller gives it; all text. */
export interface FlowCorrectionInput {
  /** Its key or id, or a part of the id that no other flow has. */
  readonly flow?: string | undefined;
  /** Signed: positive = into the account. */
  readonly usd?: string | undefined;
  /** `external`, `internal`, `income` or `loss`. */
  readonly as?: string | undefined;
  /** Counts again as it was first recorded. */
  readonly withdraw?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** What a correction changed. */
export interface FlowCorrected extends Recorded {
  readonly flow: string;
  /** Of the correction, from 1. */
  readonly number: number;
  readonly changes: readonly {
    readonly field: 'classification' | 'amount_usd';
    readonly old: string | null;
    readonly new: string | null;
  }[];
  /** How often the exchange told it otherwise, to which this is the answer. */
  readonly settled: number;
}

const CLASSIFICATIONS = ['external', 'internal', 'income', 'loss'] as const;

/**
 * Says how a flow counts, by appending a line; nothing that was written is edited.
 *
 * For a flow that nobody could classify or value, or that the exchange tells otherwise than git has it: windows over it
 * have no P&L until a person says what is right.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordFlowCorrection(
  dependencies: JobDependencies,
  input: FlowCorrectionInput,
): Promise<FlowCorrected> {
  const reason = input.flow === undefined ? '' : requireText('reason', input.reason).trim();
  let result: Omit<FlowCorrected, 'commit'> | null = null;
  const commit = await commitJob(dependencies, 'record flow-correction', async (base) => {
    const files = openFlowFiles(base);
    const flow = await findFlow(files, input.flow?.trim() ?? '');
    const counted = countedAs(flow, input);
    const settles = flow.disputes.map(({ externalFlowId }) => externalFlowId);
    const changes = changesOf(flow, counted);
    // Of two that stand beside each other a person may say that the one that counts is right.
    const contested = rivalsOf(flow.corrections).length > 0;
    if (changes.length === 0 && settles.length === 0 && !contested)
      throw inputInvalid(`${flowKey(flow)} counts so already`);
    const number = 1 + Math.max(0, ...flow.corrections.map((line) => flowNotes(line).number));
    const line = correctionLine({
      ...counted,
      externalFlowId: `${flow.externalFlowId}#${number}`,
      recordedAt: nowText(dependencies.clock),
      flowType: FLOW_CORRECTION,
      metadata: metadataOf(flow, { number, settles, reason }),
    });
    result = {
      path: flowsPath(flow.occurredAt),
      flow: flowKey(flow),
      number,
      changes,
      settled: settles.length,
    };
    return {
      files: await files.append([line]),
      subject: `correction: ${flow.flowType} at ${flow.occurredAt}`,
      body: `${flowKey(flow)}\n\n${reason}`,
      records: 1,
    };
  });
  if (result === null) throw inputInvalid('nothing to correct');
  return { ...(result as Omit<FlowCorrected, 'commit'>), commit };
}

/** Names what it says in its id: two clones that correct one flow write two lines, and a merge keeps both. */
function correctionLine(line: FlowRecord): FlowRecord {
  const text = orInputInvalid('flow', () => formatFlow(line));
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return { ...line, externalFlowId: `${line.externalFlowId}-${digest}` };
}

/** The flow as it counts from now on. */
function countedAs(flow: CountedFlow, input: FlowCorrectionInput): FlowRecord {
  const { doubt: _, recorded, corrections: __, disputes: ___, ...now } = flow;
  const [usd, as] = [optionalText(input.usd), optionalText(input.as)];
  if (input.withdraw === true) {
    if (usd !== null || as !== null)
      throw inputInvalid('a correction is given or withdrawn, not both', 'leave out --withdraw, or the rest');
    if (flow.corrections.length === 0) throw inputInvalid(`${flowKey(flow)} has no correction to withdraw`);
    return recorded;
  }
  if (usd === null && as === null)
    throw inputInvalid(
      'nothing to correct',
      'give --usd AMOUNT (signed: what is paid in is above 0), --as internal, income or loss, or --withdraw',
    );
  const amountUsd = usd === null ? now.amountUsd : readAmount(usd);
  const classification = as === null ? implied(now.classification) : readClassification(as);
  if (classification === 'external' && amountUsd === null)
    throw inputInvalid(
      `the value of ${flowKey(flow)} is not known`,
      'give --usd AMOUNT: what it was worth then',
    );
  const inUsdc = now.asset === 'USDC' && usd !== null;
  return { ...now, classification, amountUsd, amountAsset: inUsdc ? amountUsd : now.amountAsset };
}

/** Who names a value of what nobody could classify says that it counts. */
function implied(classification: FlowClassification): FlowClassification {
  return classification === 'unclassified' ? 'external' : classification;
}

function readAmount(text: string): string {
  const amount = readDecimal(text);
  if (amount !== null) return amount;
  throw inputInvalid(
    `usd: expected a plain decimal such as -12.50, got ${JSON.stringify(text.slice(0, 64))}`,
  );
}

function readClassification(text: string): FlowClassification {
  const found = CLASSIFICATIONS.find((known) => known === text);
  if (found !== undefined) return found;
  const list = CLASSIFICATIONS.join(', ');
  throw inputInvalid(`as: expected one of ${list}, got ${JSON.stringify(text.slice(0, 64))}`);
}

function changesOf(before: FlowRecord, after: FlowRecord): FlowCorrected['changes'] {
  const changes: FlowCorrected['changes'][number][] = [];
  if (before.classification !== after.classification)
    changes.push({ field: 'classification', old: before.classification, new: after.classification });
  const [old, now] = [before.amountUsd, after.amountUsd];
  if (!sameAmount(old, now)) changes.push({ field: 'amount_usd', old, new: now });
  return changes;
}

function metadataOf(
  flow: FlowRecord,
  notes: { readonly number: number; readonly settles: readonly string[]; readonly reason: string },
): string {
  const { account } = flowNotes(flow);
  const document = {
    ...(account === null ? {} : { account }),
    corrects: flow.externalFlowId,
    ...notes,
  };
  const json = readJsonObject(JSON.stringify(document));
  if ('json' in json) return json.json;
  throw inputInvalid(`reason: ${json.fault.message}`);
}
