import { type DoctorCheck, doctor, printGrants } from '../../index.js';
import { type Command, type CommandRuntime, switchOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { things } from '../output/table.js';

export const doctorCommand: Command = {
  build: (yargs) =>
    yargs
      .option('print-grants', {
        type: 'boolean',
        describe: 'print the SQL for roles that may do what they must, and no more',
      })
      .example('$0 doctor', 'exit 0 when nothing has failed, 1 otherwise')
      .example('$0 doctor --print-grants', 'SQL for psql; runs nothing'),
  run: async (runtime, args) => {
    if (switchOption(args, 'print-grants')) {
      const sql = await printGrants();
      runtime.printJson({ sql });
      runtime.print(sql.trimEnd());
      return 0;
    }
    const report = await doctor(await runtime.context());
    runtime.printJson(report);
    runtime.print(report.checks.flatMap((check) => render(runtime, check)).join('\n'));
    const worse = (state: DoctorCheck['state']): number =>
      report.checks.filter((check) => check.state === state).length;
    const { style } = runtime;
    const summary = `${things(worse('failure'), 'failure')}, ${things(worse('warning'), 'warning')}`;
    runtime.print(
      `\n${report.verdict === 'ok' ? style.good('all is well') : report.verdict === 'failure' ? style.bad(summary) : style.warn(summary)}`,
    );
    return report.verdict === 'failure' ? 1 : 0;
  },
};

const NAME_WIDTH = 14;
const STATE_WIDTH = 13;

function render({ style }: CommandRuntime, check: DoctorCheck): readonly string[] {
  const { name, state, detail, mend } = check;
  const paint = {
    ok: style.good,
    warning: style.warn,
    failure: style.bad,
    'not set up': style.dim,
    'not checked': style.dim,
  };
  const line = `  ${name.padEnd(NAME_WIDTH)}${paint[state](state.padEnd(STATE_WIDTH))}${safeText(detail)}`;
  return mend === null
    ? [line]
    : [line, `${' '.repeat(2 + NAME_WIDTH + STATE_WIDTH)}${style.dim(`-> ${safeText(mend)}`)}`];
}
