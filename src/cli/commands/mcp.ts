import { packageVersion } from '../../index.js';
import { serveMcp } from '../../mcp/serve.js';
import { type Command, switchOption } from '../command.js';
import { untilSignal } from '../until-signal.js';

export const mcpCommand: Command = {
  build: (yargs) =>
    yargs
      .option('read-only', { type: 'boolean', describe: 'serve no tool that writes' })
      .example('claude mcp add maven -- maven-git mcp --repo /path/to/repository', 'for Claude Code')
      .example('$0 mcp --read-only', 'for whoever shall only ask'),
  run: async ({ io, global }, args) => {
    await serveMcp({
      repo: global.repo,
      env: io.env,
      version: packageVersion(),
      readOnly: switchOption(args, 'read-only'),
      logLevel: global.quiet ? 'WARNING' : global.verbose ? 'DEBUG' : 'INFO',
      stdin: io.stdin,
      stdout: io.stdout,
      stderr: io.stderr,
      signal: untilSignal(),
    });
    return 0;
  },
};
