import { gitHooksStatus, installGitHooks, uninstallGitHooks } from '../../index.js';
import { type Command, textOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { renderTable } from '../output/table.js';

export const installHooksCommand: Command = {
  build: (yargs) =>
    yargs
      .option('env-file', {
        type: 'string',
        describe:
          'NAME=value lines (MAVEN_DATABASE_URL) for reconciles of commits made elsewhere, as in an editor',
      })
      .example(
        '$0 hooks install',
        'reconcile after commit, merge, checkout, rebase; check before commit, push',
      )
      .example('$0 hooks install --env-file .env', ''),
  run: async (runtime, args) => {
    const { style, global } = runtime;
    const envFile = textOption(args, 'env-file');
    const report = await installGitHooks(await runtime.context(), { envFile, folder: runtime.io.cwd });
    runtime.printJson(report);
    const what = report.changed ? style.good('installed') : style.good('in place already');
    runtime.print(`${what}  ${report.hooks.join(', ')}`);
    runtime.print(`in        ${safeText(report.folder)}`);
    for (const file of report.chained) runtime.print(`calls     ${safeText(file)}, unchanged, first`);
    if (report.mode === 'config')
      runtime.print('core.hooksPath of this clone points there now; hooks uninstall sets it back');
    runtime.print('merge driver configured in this clone (merge.maven-records)');
    if (report.expectsServer && envFile === undefined && !global.quiet)
      runtime.print(
        'the reconciles take the database from the environment of git; for an editor that has none: --env-file FILE',
      );
    return 0;
  },
};

export const uninstallHooksCommand: Command = {
  build: (yargs) => yargs,
  run: async (runtime) => {
    const report = await uninstallGitHooks(await runtime.context());
    runtime.printJson(report);
    runtime.print(report.removed ? runtime.style.good('removed') : 'no hooks of maven-git are here');
    if (report.restored !== null) runtime.print(`back as it was: ${safeText(report.restored)}`);
    return 0;
  },
};

export const hooksStatusCommand: Command = {
  build: (yargs) => yargs.epilogue('exit 0: in place and in effect; 1: not'),
  run: async (runtime) => {
    const { style } = runtime;
    const report = await gitHooksStatus(await runtime.context());
    runtime.printJson(report);
    const good = (state: string): string => (state === 'current' ? style.good(state) : style.warn(state));
    const rows = report.hooks.map(({ hook, state, chained }) => [
      hook,
      good(state),
      chained === null ? '-' : safeText(chained),
    ]);
    runtime.print(await renderTable([{ title: 'hook' }, { title: 'state' }, { title: 'calls first' }], rows));
    runtime.print('');
    if (report.installed && !report.inEffect)
      runtime.print(style.bad(`not in effect: git looks for hooks in ${safeText(report.folder)} now`));
    const { command, attributes } = report.mergeDriver;
    const driver = command === 'current' && !attributes ? 'its files are not named' : command;
    runtime.print(`merge driver  ${good(driver)}`);
    runtime.print(`log           ${safeText(report.log)}`);
    if (!report.ready) runtime.print(`\nmend: maven-git hooks install`);
    return report.ready ? 0 : 1;
  },
};
