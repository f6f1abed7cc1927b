import { recordCorrection } from '../../index.js';
import { type Command, textOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';

export const recordCorrectionCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('trade', { type: 'string', describe: 'moha/123, or 123 where only one source has it' })
      .option('field', {
        type: 'string',
        array: true,
        describe: 'name=value, several if need be; nothing after the sign: not known',
      })
      .option('withdraw', {
        type: 'string',
        array: true,
        describe: 'fields whose correction is taken back',
      })
      .option('reason', { type: 'string', describe: 'why, for whoever reads the books later' })
      .example('$0 record correction 123 --field fees_usd=1.25 --reason "the exchange billed again"', '')
      .example('$0 record correction 123 --withdraw fees_usd --reason "MoHa has it right now"', ''),
  run: async (runtime, args) => {
    const list = (name: string): readonly string[] =>
      Array.isArray(args[name]) ? args[name].map(String) : [];
    const result = await recordCorrection(await runtime.context(), {
      trade: textOption(args, 'trade') ?? '',
      fields: list('field'),
      withdraw: list('withdraw'),
      reason: textOption(args, 'reason'),
    });
    const { style } = runtime;
    runtime.printJson(result);
    runtime.print(`${style.good('corrected')} ${safeText(result.trade)}, revision ${result.revision}`);
    for (const change of result.changes) {
      const [before, after] = [change.old, change.new].map((value) => safeText(value ?? 'unknown'));
      runtime.print(`  ${change.field}: ${before} -> ${after}`);
    }
    runtime.print(describePublished(style, result.commit, result.published));
    return 0;
  },
};
