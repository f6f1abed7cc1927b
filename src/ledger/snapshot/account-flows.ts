import type { FlowRecord } from '../../../parsers/flows.js';
import { readJsonObject } from '../../../parsers/json-text.js';

/** Whose flows: the upstream and the account in it. */
export interface AccountKey {
  readonly source: string;
  readonly account: string;
}

/**
 * Makes flows those of one account.
 *
 * A transfer between two accounts of one owner is one update at the exchange, and a flow of each account, with opposite
 * signs: so the account is part of the identity. It is named in the metadata too, beside what the exchange said.
 *
 * @param flows - as {@link flowsOfUpdates} makes them.
 */
export function flowsOfAccount(
  flows: readonly FlowRecord[],
  { source, account }: AccountKey,
): readonly FlowRecord[] {
  return flows.map((flow) => {
    const head = `{"account":${JSON.stringify(account)}`;
    const metadata = readJsonObject(
      flow.metadata === null ? `${head}}` : `${head},"delta":${flow.metadata}}`,
    );
    return {
      ...flow,
      source,
      externalFlowId: `${account}:${flow.externalFlowId}`,
      metadata: 'json' in metadata ? metadata.json : null,
    };
  });
}

/**
 * Tells whether a flow counts for an account. One that names no account (written by hand, or by another program) counts
 * for every account of its source: left out, it would be a deposit that passes for a profit.
 */
export function isFlowOf(flow: FlowRecord, { source, account }: AccountKey): boolean {
  return flow.source === source && (accountOfFlow(flow) ?? account) === account;
}

/** @returns null = it names none. */
function accountOfFlow({ metadata }: FlowRecord): string | null {
  if (metadata === null) return null;
  const { account } = JSON.parse(metadata) as { readonly account?: unknown };
  // An address means the same in capitals, in which people copy it.
  return typeof account === 'string' ? account.toLowerCase() : null;
}
