import type { AccountKey } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { readJsonObject } from '../../../parsers/json-text.js';

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
