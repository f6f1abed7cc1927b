import { JOBS, jobHealth } from '../../index.js';
import { type Command, textOption } from '../command.js';

export const healthCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('job', {
        type: 'string',
        choices: JOBS,
        describe: 'without: that the repository is readable',
      })
      .example('$0 health "sync trades"', 'exit 0 while the loop makes its rounds, 1 otherwise'),
  run: async (runtime, args) => {
    const context = await runtime.context();
    const job = textOption(args, 'job');
    if (job === undefined) {
      const { workTree, gitDir } = context.repository;
      runtime.printJson({ state: 'healthy', repository: workTree ?? gitDir });
      runtime.print(`${runtime.style.good('healthy')}: ${workTree ?? gitDir} is readable`);
      return 0;
    }
    const health = await jobHealth(context, job);
    runtime.printJson(health);
    const healthy = health.state === 'healthy';
    const paint = healthy ? runtime.style.good : runtime.style.bad;
    runtime.print(`${paint(health.state)}: ${health.reason}`);
    return healthy ? 0 : 1;
  },
};
