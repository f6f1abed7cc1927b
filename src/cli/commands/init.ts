import { initialize } from '../../index.js';
import type { Command } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';

export const init: Command = {
  build: (yargs) => yargs.example('$0 init', 'make .moha/maven in the repository around this folder'),
  run: async (runtime) => {
    const result = await initialize(await runtime.context());
    runtime.printJson(result);
    for (const path of result.created) runtime.print(`${runtime.style.good('created')}  ${safeText(path)}`);
    for (const path of result.kept) runtime.print(`${runtime.style.dim('kept')}     ${safeText(path)}`);
    if (result.mergeDriver === 'configured')
      runtime.print('merge driver configured in this clone (merge.maven-records)');
    runtime.print(describePublished(runtime.style, result.commit, result.published));
    return 0;
  },
};
