import type { Context } from '../../index.js';
import { MavenError, type Recorded, readJsonInput, type WithProjection } from '../../index.js';
import { ask, type Question } from '../ask.js';
import { type Arguments, type Command, type CommandRuntime, textOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';
import { readAll } from '../read-all.js';

/** A field of a record as the command line names it. */
export interface RecordField<K extends string> {
  /** Name of the option, and (with `_` for `-`) of the JSON field. */
  readonly option: string;
  /** The input's property it stands for. */
  readonly property: K;
  readonly describe: string;
  /** Asked for on a terminal when it was not given. */
  readonly question?: Question;
}

/** What a `record` command needs to know; all of them work alike. */
export interface RecordDescription<K extends string> {
  readonly fields: readonly RecordField<K>[];
  readonly examples: readonly (readonly [command: string, describe: string])[];
  readonly record: (context: Context, input: Partial<Record<K, string>>) => Promise<WithProjection<Recorded>>;
}

/** Makes a `record` command: fields from flags, from a JSON object on stdin, or asked for on a terminal. */
export function recordCommand<K extends string>(description: RecordDescription<K>): Command {
  return {
    build: (yargs) => {
      yargs.positional('source', {
        type: 'string',
        describe: '"-" reads the fields as one JSON object from stdin',
      });
      for (const { option, describe } of description.fields)
        yargs.option(option, { type: 'string', describe });
      for (const [command, describe] of description.examples) yargs.example(command, describe);
      return yargs;
    },
    run: async (runtime, args) => {
      const context = await runtime.context();
      const input = await gather(runtime, args, description.fields);
      const result = await description.record(context, input);
      runtime.printJson(result);
      runtime.print(`${runtime.style.good('recorded')}  ${safeText(result.path)}`);
      runtime.print(describePublished(runtime.style, result.commit, result.published));
      return 0;
    },
  };
}

async function gather<K extends string>(
  { io }: CommandRuntime,
  args: Arguments,
  fields: readonly RecordField<K>[],
): Promise<Partial<Record<K, string>>> {
  const flags = fromFlags(args, fields);
  const source = textOption(args, 'source');
  // yargs hands a lone dash on as an empty word.
  if (source === '-' || source === '') {
    if (Object.keys(flags).length > 0) throw usage('give the fields as flags or as JSON on stdin, not both');
    const names = fields.map(({ option, property }) => [option.replaceAll('-', '_'), property] as const);
    return readJsonInput(await readAll(io.stdin), Object.fromEntries(names) as Record<string, K>);
  }
  if (source !== undefined) throw usage(`unexpected argument ${JSON.stringify(source)}`);
  if (io.stdin.isTTY !== true || Object.keys(flags).length > 0) return flags;
  return ask(io, fields);
}

function fromFlags<K extends string>(
  args: Arguments,
  fields: readonly RecordField<K>[],
): Partial<Record<K, string>> {
  const input: Partial<Record<K, string>> = {};
  for (const { option, property } of fields) {
    const value = textOption(args, option);
    if (value !== undefined) input[property] = value;
  }
  return input;
}

function usage(message: string): MavenError {
  return new MavenError('USAGE', message, { hint: 'see --help; "-" reads JSON from stdin' });
}
