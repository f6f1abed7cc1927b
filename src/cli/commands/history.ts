import {
  type DecisionHistory,
  type FieldChange,
  type HistoryCommit,
  history,
  type TradeHistories,
} from '../../index.js';
import { atOption } from '../at-option.js';
import { type Command, type CommandRuntime, textOption } from '../command.js';
import { safeText, shortText } from '../output/safe-text.js';
import { things } from '../output/table.js';
import { secondText } from '../output/time-text.js';

export const historyCommand: Command = {
  build: (yargs) =>
    atOption
      .build(yargs)
      .positional('key', {
        type: 'string',
        describe: 'a trade (123, moha/123) or the file name of a decision',
      })
      .example('$0 history moha/4711', 'what was known of a trade, when, and who wrote it')
      .example('$0 history decision_20260114_142408', 'every change of a decision'),
  run: async (runtime, args) => {
    const found = await history(await runtime.context(), textOption(args, 'key') ?? '', atOption.read(args));
    runtime.printJson(found);
    const lines = found.kind === 'trade' ? tradeLines(runtime, found) : decisionLines(runtime, found);
    if (!found.complete) {
      const end = 'this clone is shallow: commits before those marked "or before" are not known';
      lines.push('', runtime.style.warn(`${end}; git fetch --unshallow brings them`));
    }
    runtime.print(lines.join('\n'));
    return 0;
  },
};

function tradeLines(runtime: CommandRuntime, found: TradeHistories): string[] {
  const { style } = runtime;
  const lines: string[] = [];
  if (found.trades.length > 1) {
    const ids = found.trades.map(({ id }) => shortText(id, 60)).join(', ');
    lines.push(
      style.warn(`${shortText(found.key, 60)} is the id of ${things(found.trades.length, 'trade')}: ${ids}`),
      '',
    );
  }
  for (const [index, { id, revisions }] of found.trades.entries()) {
    if (index > 0) lines.push('');
    lines.push(`${style.bold(shortText(id, 80))}  ${things(revisions.length, 'revision')}`);
    for (const [place, { revision, git_path, git_line, commit, changes, record }] of revisions.entries()) {
      lines.push('', `  revision ${revision}  ${commitText(runtime, commit)}`);
      lines.push(style.dim(`    ${safeText(git_path)}:${git_line}`));
      if (place === 0) lines.push(...fieldLines(record));
      else if (changes.length === 0) lines.push('    no field: only when it was recorded');
      else lines.push(...changeLines(runtime, changes));
    }
  }
  for (const { git_path, git_line, message } of found.unreadable)
    lines.push('', style.bad(`not readable: ${safeText(git_path)}:${git_line}: ${shortText(message, 200)}`));
  return lines;
}

function decisionLines(runtime: CommandRuntime, found: DecisionHistory): string[] {
  const { style } = runtime;
  const lines = [`${style.bold(safeText(found.id))}  ${things(found.changes.length, 'commit')}`];
  for (const { event, commit, changes, record, problem } of found.changes) {
    lines.push('', `  ${event}  ${commitText(runtime, commit)}`);
    if (problem !== null) lines.push(`    ${style.bad(`not readable: ${shortText(problem, 200)}`)}`);
    else if (event === 'created') lines.push(...fieldLines(record ?? {}));
    else if (event === 'changed' && changes.length === 0) lines.push('    no field: only how it is written');
    else lines.push(...changeLines(runtime, changes));
  }
  return lines;
}

/** What a first version says; the fields that name it stand above already. */
function fieldLines(record: Readonly<Record<string, string | null>>): readonly string[] {
  const known = Object.entries(record).filter(([field, value]) => value !== null && !NAMED.has(field));
  const width = Math.max(0, ...known.map(([field]) => field.length));
  return known.map(([field, value]) => `    ${field.padEnd(width)}  ${shortText(value ?? '', 100)}`);
}

const NAMED: ReadonlySet<string> = new Set(['source', 'external_trade_id', 'revision']);

function changeLines({ style }: CommandRuntime, changes: readonly FieldChange[]): readonly string[] {
  const width = Math.max(0, ...changes.map(({ field }) => field.length));
  return changes.map(
    ({ field, old, new: now }) =>
      `    ${field.padEnd(width)}  ${style.dim(`${valueText(old)} ->`)} ${valueText(now)}`,
  );
}

function valueText(value: string | null): string {
  return value === null ? 'nothing' : shortText(value, 100);
}

/** `44c3edfa6a18  2026-01-14 14:25:00Z  Maven <maven@example.com>` */
function commitText({ style }: CommandRuntime, commit: HistoryCommit | null): string {
  if (commit === null) return style.bad('no commit found');
  const time = commit.committed_at;
  const when = time === null ? 'time unknown' : secondText(time);
  const who = `${shortText(commit.author, 60)} <${shortText(commit.mail, 60)}>`;
  return `${commit.commit.slice(0, 12)}${commit.or_before ? ' or before' : ''}  ${when}  ${who}`;
}
