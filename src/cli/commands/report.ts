import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MavenError, report } from '../../index.js';
import { atOption } from '../at-option.js';
import { type Command, textOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { accountOptions } from '../snapshot-options.js';
import { refuseUnwritable, writeWholeFile } from '../write-whole-file.js';

/** For `--html`: the page goes to stdout, and nothing else does. */
const STDOUT = '-';

export const reportCommand: Command = {
  build: (yargs) =>
    accountOptions
      .build(
        atOption.build(yargs).option('html', {
          type: 'string',
          demandOption: true,
          // So that a lone - is its value.
          nargs: 1,
          describe: 'write the page to this file; - is stdout',
        }),
      )
      .option('verify', {
        type: 'boolean',
        default: true,
        describe: 'compare every row with git first; --no-verify is quicker, and the page says so',
      })
      .example('$0 report --html report.html', 'one page: open it in a browser, print it, send it')
      .example('$0 report --html january.html --at 2026-01-31', 'as it was then, from git'),
  run: async (runtime, args) => {
    const named = textOption(args, 'html') ?? '';
    if (named === '') throw usage('--html: expected the name of a file, or -');
    if (named === STDOUT && runtime.global.json)
      throw usage('--html - and --json both write to stdout: choose one');
    const file = path.resolve(runtime.io.cwd, named);
    // Before minutes of work, not after.
    if (named !== STDOUT) await refuseUnwritable(file);
    const context = await runtime.context();
    const told = await report(context, {
      ...accountOptions.read(args),
      ...atOption.read(args),
      verify: args.verify !== false,
    });
    const { reportPage } = await import('../report/page.js');
    const page = await reportPage(told);
    if (named === STDOUT) {
      runtime.io.stdout.write(page);
      return 0;
    }
    await writeWholeFile(file, page);
    const bytes = Buffer.byteLength(page);
    const { revision, source, notice, made_at, asked_at } = told;
    const check = told.check.state === 'checked' ? told.check.report.layers : null;
    runtime.printJson({ file, bytes, revision, source, notice, made_at, asked_at, check });
    const size = `${Math.ceil(bytes / 1000).toLocaleString('en-US')} kB`;
    runtime.print(
      `${runtime.style.good('written')} ${safeText(file)}, ${size}, revision ${revision.slice(0, 12)}; open ${pathToFileURL(file).href}`,
    );
    return 0;
  },
};

function usage(message: string): MavenError {
  return new MavenError('USAGE', message, { hint: 'see maven-git report --help' });
}
