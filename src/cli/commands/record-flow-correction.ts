import { listUncountableFlows, recordFlowCorrection, type UncountableFlows } from '../../index.js';
import { type Command, switchOption, textOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';

export const recordFlowCorrectionCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('flow', {
        type: 'string',
        describe: 'its id or a part of it, such as the hash; none: tells which flows cannot be counted',
      })
      .option('usd', {
        type: 'string',
        describe: 'what it was worth in USD, into the account above 0, out of it below: --usd=-12.50',
      })
      .option('as', {
        choices: ['external', 'internal', 'income', 'loss'] as const,
        describe: 'external: no profit; internal, income, loss: no part of the external flows',
      })
      .option('withdraw', { type: 'boolean', describe: 'count it again as it was first recorded' })
      .option('reason', { type: 'string', describe: 'why, for whoever reads the books later' })
      .example('$0 record flow-correction 0x3fa2 --usd=250 --reason "HYPE from a friend, at 25 USD"', '')
      .example('$0 record flow-correction 0x3fa2 --as internal --reason "to our own vault"', ''),
  run: async (runtime, args) => {
    const named = ['flow', 'usd', 'as', 'reason'].some((name) => textOption(args, name) !== undefined);
    if (!named && !switchOption(args, 'withdraw')) {
      const list = await listUncountableFlows(await runtime.context());
      runtime.printJson(list);
      for (const line of described(list)) runtime.print(line);
      return list.faults.length > 0 ? 1 : 0;
    }
    const result = await recordFlowCorrection(await runtime.context(), {
      flow: textOption(args, 'flow'),
      usd: textOption(args, 'usd'),
      as: textOption(args, 'as'),
      withdraw: switchOption(args, 'withdraw'),
      reason: textOption(args, 'reason'),
    });
    const { style } = runtime;
    runtime.printJson(result);
    runtime.print(`${style.good('corrected')} ${safeText(result.flow)}`);
    for (const { field, old, new: now } of result.changes)
      runtime.print(`  ${field}: ${old ?? 'unknown'} -> ${now ?? 'unknown'}`);
    if (result.settled > 0) runtime.print('  what the exchange told otherwise is settled');
    runtime.print('  counts from the next snapshot on; maven-git recount writes anew what older ones say');
    runtime.print(describePublished(style, result.commit, result.published));
    return 0;
  },
};

function described({ flows, faults }: UncountableFlows): readonly string[] {
  const lines = flows.map(({ flow, flowType, occurredAt, asset, amountAsset, because }) => {
    const amount = `${amountAsset ?? 'not known how much'} ${asset ?? ''}`.trim();
    return safeText(`${flow}  ${flowType} of ${amount} at ${occurredAt}: ${because}`);
  });
  if (lines.length === 0 && faults.length === 0)
    lines.push('none: every flow that is recorded can be counted');
  return [...lines, ...faults.map((fault) => `these may not be all: ${safeText(fault)}`)];
}
