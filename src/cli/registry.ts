import type { CommandEntry } from './command.js';

/** Every command, with just enough for `--help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    command: 'init',
    describe: 'make .moha/maven in this repository; never overwrites',
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    command: 'record',
    describe: 'write one artifact, in one commit',
    subcommands: [
      {
        command: 'decision [source]',
        describe: 'a decision, with its reasons',
        load: async () => (await import('./commands/record-decision.js')).recordDecisionCommand,
      },
      {
        command: 'event [source]',
        describe: 'an event in the session log',
        load: async () => (await import('./commands/record-event.js')).recordEventCommand,
      },
      {
        command: 'milestone [source]',
        describe: 'a milestone',
        load: async () => (await import('./commands/record-milestone.js')).recordMilestoneCommand,
      },
      {
        command: 'insight [source]',
        describe: 'a market observation',
        load: async () => (await import('./commands/record-insight.js')).recordInsightCommand,
      },
      {
        command: 'identity [source]',
        describe: 'a change of the identity: merged in, nothing is deleted',
        load: async () => (await import('./commands/record-identity.js')).recordIdentityCommand,
      },
      {
        command: 'correction <trade>',
        describe: 'a correction of a trade: a new revision, nothing is edited',
        load: async () => (await import('./commands/record-correction.js')).recordCorrectionCommand,
      },
      {
        command: 'flow-correction [flow]',
        describe: 'how a deposit, withdrawal or other flow counts in the P&L; nothing is edited',
        load: async () => (await import('./commands/record-flow-correction.js')).recordFlowCorrectionCommand,
      },
    ],
  },
  {
    command: 'sync',
    describe: 'bring what an upstream knows into git',
    subcommands: [
      {
        command: 'trades',
        describe: "MoHa's bot_trades into the trade ledger",
        load: async () => (await import('./commands/sync-trades.js')).syncTradesCommand,
      },
    ],
  },
  {
    command: 'snapshot',
    describe: 'a snapshot of the Hyperliquid account into git, with its P&L',
    load: async () => (await import('./commands/snapshot.js')).snapshotCommand,
  },
  {
    command: 'recount',
    describe: "count snapshots' P&L anew where a flow came late or was corrected",
    load: async () => (await import('./commands/recount.js')).recountCommand,
  },
  {
    command: 'metrics',
    describe: 'what the trades earned, an hour, day, week, month and in all, into git',
    load: async () => (await import('./commands/metrics.js')).metricsCommand,
  },
  {
    command: 'import',
    describe: 'make something from outside an artifact',
    subcommands: [
      {
        command: 'conversation <file>',
        describe: 'a transcript, JSONL',
        load: async () => (await import('./commands/import-conversation.js')).importConversationCommand,
      },
    ],
  },
  {
    command: 'reconcile',
    describe: 'bring Postgres to what HEAD says, and prove it',
    load: async () => (await import('./commands/reconcile.js')).reconcileCommand,
  },
  {
    command: 'verify',
    describe: 'compare Postgres with git: exit 0 in sync, 1 not, 2 could not check',
    load: async () => (await import('./commands/verify.js')).verifyCommand,
  },
  {
    command: 'status',
    describe: 'one screen: where git and Postgres stand',
    load: async () => (await import('./commands/status.js')).statusCommand,
  },
  {
    command: 'doctor',
    describe: 'what is set up, what is not, and the command that mends it',
    load: async () => (await import('./commands/doctor.js')).doctorCommand,
  },
  {
    command: 'health [job]',
    describe: "whether a job's loop makes its rounds here, for health checks of containers",
    load: async () => (await import('./commands/health.js')).healthCommand,
  },
  {
    command: 'portfolio',
    describe: 'what the account holds: value, margin, positions, P&L; also as a chart',
    load: async () => (await import('./commands/portfolio.js')).portfolioCommand,
  },
  {
    command: 'pnl',
    describe: 'P&L over 24h, 7d, 30d and all, and what it was counted from',
    load: async () => (await import('./commands/pnl.js')).pnlCommand,
  },
  {
    command: 'report',
    describe: 'one page for a browser: account, P&L, drawdown, calendar, assets, drift state',
    load: async () => (await import('./commands/report.js')).reportCommand,
  },
  {
    command: 'win-rate [asset]',
    describe: 'how many ended trades won, with a 95 % interval',
    load: async () => (await import('./commands/win-rate.js')).winRateCommand,
  },
  {
    command: 'performance',
    describe: 'what the trades of a period earned, and what that is worth',
    load: async () => (await import('./commands/performance.js')).performanceCommand,
  },
  {
    command: 'decisions',
    describe: 'list decisions, newest first, with their trades and what they earned',
    load: async () => (await import('./commands/decisions.js')).decisionsCommand,
  },
  {
    command: 'search <text>',
    describe: 'find words in events, conversations, insights and decisions',
    load: async () => (await import('./commands/search.js')).searchCommand,
  },
  {
    command: 'trades',
    describe: 'list trades, newest first, with their sums',
    load: async () => (await import('./commands/trades.js')).tradesCommand,
  },
  {
    command: 'history <key>',
    describe: 'every revision of a trade or decision, with commit, time and author',
    load: async () => (await import('./commands/history.js')).historyCommand,
  },
  {
    command: 'diff <range>',
    describe: 'what changed in money between two revisions: trades, P&L, metrics, decisions',
    load: async () => (await import('./commands/diff.js')).diffCommand,
  },
  {
    command: 'mcp',
    describe: 'serve this repository over MCP, on standard input and output',
    load: async () => (await import('./commands/mcp.js')).mcpCommand,
  },
  {
    command: 'drill [folders..]',
    describe: 'rehearse a database wipe and the recovery, in a scratch database',
    load: async () => (await import('./commands/drill.js')).drillCommand,
  },
  {
    command: 'pull',
    describe: 'fetch from a remote, merge record by record, reconcile',
    load: async () => (await import('./commands/pull.js')).pullCommand,
  },
  {
    command: 'push',
    describe: 'push to a remote, merging first where it has moved on; never forces',
    load: async () => (await import('./commands/push.js')).pushCommand,
  },
  {
    command: 'hooks',
    describe: 'git hooks that reconcile after, and check before',
    subcommands: [
      {
        command: 'install',
        describe: 'put them in place; hooks that are there are kept, and called first',
        load: async () => (await import('./commands/hooks.js')).installHooksCommand,
      },
      {
        command: 'uninstall',
        describe: 'take them away; what was there before is back as it was',
        load: async () => (await import('./commands/hooks.js')).uninstallHooksCommand,
      },
      {
        command: 'status',
        describe: 'which are in place, outdated, foreign',
        load: async () => (await import('./commands/hooks.js')).hooksStatusCommand,
      },
    ],
  },
];
