import {
  type Context,
  checkConsistency,
  durationText,
  type Feed,
  type Finding,
  MavenError,
  rowsTotal,
  type VerifyReport,
  verify,
} from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { consistencySummary } from '../output/consistency-summary.js';
import { errorAnnotation, githubAnnotation } from '../output/github-annotation.js';
import { jsonDocument } from '../output/json-document.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count, things } from '../output/table.js';

type Format = 'text' | 'json' | 'github';

export const verifyCommand: Command = {
  build: (yargs) =>
    yargs
      .option('fix', {
        type: 'boolean',
        describe: 'mend the database, verify again, answer with that verdict',
      })
      .option('force', { type: 'boolean', describe: 'with --fix: apply what the guards refuse' })
      .option('format', {
        choices: ['text', 'json', 'github'] as const,
        describe: 'how findings are printed',
      })
      .option('artifacts-only', {
        type: 'boolean',
        describe: 'check only what is in git, and what is derived from it; no database is needed',
      })
      .option('max-age', {
        type: 'string',
        array: true,
        describe: 'an older feed is an error: trades=10m, snapshots=2h, metrics=1d, reconcile=60s',
      })
      .option('limit', {
        type: 'string',
        default: '100',
        describe: 'how many rows of a table are named at most',
      })
      .option('scratch', {
        type: 'boolean',
        describe:
          'rebuild a throwaway database first and check that: no server, nothing kept; with --format github this is so unless a server is configured',
      })
      .option('base', {
        type: 'string',
        describe:
          'a revision whose ledger lines must all stand at HEAD; the summary tells what changed since; checks a throwaway database as --scratch does, with --artifacts-only none',
      })
      .conflicts('artifacts-only', ['fix', 'max-age', 'scratch'])
      .conflicts('scratch', 'fix')
      .conflicts('base', 'fix')
      .example('$0 verify', 'exit 0 in sync, 1 drift or problems, 2 could not check')
      .example('$0 verify --fix', 'put back every row that was changed by hand')
      .example('$0 verify --max-age trades=10m --max-age snapshots=2h', 'exit 1 as well when a feed is older')
      .example(
        '$0 verify --format github --base origin/main',
        'annotations and a summary for a pull request',
      ),
  run: async (runtime, args) => {
    try {
      return await check(runtime, args);
    } catch (error) {
      const annotated = textOption(args, 'format') === 'github' && error instanceof MavenError;
      if (annotated) runtime.io.stdout.write(`${errorAnnotation(error)}\n`);
      throw error;
    }
  },
};

async function check(runtime: CommandRuntime, args: Arguments): Promise<number> {
  const started = performance.now();
  const context = await runtime.context();
  const options = {
    limit: limitOf(textOption(args, 'limit') ?? ''),
    maxAgeSeconds: maxAgesOf(args['max-age']),
  };
  const base = textOption(args, 'base');
  const artifactsOnly = switchOption(args, 'artifacts-only');
  const report = inScratch(context, args)
    ? await checkConsistency(context, { ...options, base, artifactsOnly })
    : await verify(context, {
        ...options,
        fix: switchOption(args, 'fix'),
        force: switchOption(args, 'force'),
        artifactsOnly,
      });
  const seconds = (performance.now() - started) / 1000;
  const format = runtime.global.json ? 'json' : ((textOption(args, 'format') ?? 'text') as Format);
  if (format === 'json') {
    const document = { ...report, verdict: verdictOf(report), seconds: Number(seconds.toFixed(3)) };
    runtime.io.stdout.write(jsonDocument(document));
  } else if (format === 'github') {
    for (const finding of report.findings) runtime.io.stdout.write(`${githubAnnotation(finding)}\n`);
    await writeSummary(runtime, consistencySummary(report));
    runtime.io.stdout.write(`${summary(runtime, report, seconds)}\n`);
  } else if (runtime.global.quiet && report.errors > 0) {
    runtime.io.stdout.write(`${renderText(runtime, report, seconds)}\n`);
  } else {
    runtime.print(renderText(runtime, report, seconds));
  }
  return report.errors > 0 ? 1 : 0;
}

/** A checkout in CI has no server, and a database of its own would only be made to be thrown away. */
function inScratch(context: Context, args: Arguments): boolean {
  if (switchOption(args, 'scratch') || textOption(args, 'base') !== undefined) return true;
  if (switchOption(args, 'artifacts-only') || switchOption(args, 'fix')) return false;
  return textOption(args, 'format') === 'github' && context.config.database.kind === 'embedded';
}

/** Into the file that GitHub shows as the run's summary; into the log where there is none. */
async function writeSummary({ io }: CommandRuntime, lines: readonly string[]): Promise<void> {
  const text = `${lines.join('\n')}\n`;
  const file = io.env.GITHUB_STEP_SUMMARY ?? '';
  const { appendFile } = await import('node:fs/promises');
  if (file === '') io.stdout.write(text);
  else await appendFile(file, text);
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new MavenError(
    'USAGE',
    `--limit: expected a whole number from 1 to 9999999, got ${JSON.stringify(text)}`,
    {
      hint: 'see maven-git verify --help',
    },
  );
}

const FEEDS: readonly Feed[] = ['trades', 'snapshots', 'metrics', 'reconcile'];
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** @param given - `trades=10m`, several of them. */
function maxAgesOf(given: unknown): Readonly<Partial<Record<Feed, number>>> {
  const entries = Array.isArray(given) ? given.map(String) : [];
  return Object.fromEntries(
    entries.map((entry) => {
      const [, name, digits, unit] = /^(\w+)=([1-9]\d{0,6})([smhd])$/.exec(entry) ?? [];
      const feed = FEEDS.find((one) => one === name);
      if (feed !== undefined) return [feed, Number(digits) * (UNIT_SECONDS[unit ?? ''] ?? 1)];
      throw new MavenError('USAGE', `--max-age: expected a feed and an age, got ${JSON.stringify(entry)}`, {
        hint: `name one of ${FEEDS.join(', ')} and an age in s, m, h or d: trades=10m`,
      });
    }),
  );
}

function verdictOf(report: VerifyReport): 'in sync' | 'findings' {
  return report.errors > 0 ? 'findings' : 'in sync';
}

function renderText(runtime: CommandRuntime, report: VerifyReport, seconds: number): string {
  const { style } = runtime;
  const lines = report.findings.map((finding) => renderFinding(runtime, finding));
  const named = report.findings.filter((finding) => finding.severity === 'error').length;
  if (report.errors > named)
    lines.push(style.dim(`  ... ${count(report.errors - named)} more; --limit shows more`));
  if (lines.length > 0) lines.push('');
  for (const [layer, verdict] of Object.entries(report.layers)) {
    const paint = verdict === 'ok' ? style.good : verdict === 'findings' ? style.bad : style.dim;
    lines.push(`  ${layer.padEnd(10)}  ${paint(verdict)}${layerNote(runtime, report, layer)}`);
  }
  const fixed = report.fixed.reduce((sum, diff) => sum + diff.missing + diff.changed + diff.extra, 0);
  if (report.refusal !== null) lines.push('', style.bad(`${report.refusal}; --force mends it all the same`));
  if (fixed > 0) lines.push('', `${things(fixed, 'row')} put right`);
  lines.push('', summary(runtime, report, seconds));
  return lines.join('\n');
}

/** A layer that is sound may have warnings; of freshness the ages say more than the verdict. */
function layerNote({ style }: CommandRuntime, report: VerifyReport, layer: string): string {
  const warned = report.findings.some((one) => one.layer === layer && one.severity === 'warning');
  const noted = warned ? `, ${style.warn('with warnings')}` : '';
  if (layer !== 'freshness' || report.feeds.length === 0) return noted;
  const ages = report.feeds.map(({ feed, state, ageSeconds }) => {
    if (feed === 'reconcile' && ageSeconds === 0) return 'reconcile up to date';
    return `${feed} ${ageSeconds === null ? state : `${durationText(ageSeconds)} old`}`;
  });
  return `${noted}  ${style.dim(ages.join(', '))}`;
}

function renderFinding({ style }: CommandRuntime, finding: Finding): string {
  const place = finding.path === null ? '' : `${safeText(finding.path)}:${finding.line ?? 1}`;
  const paint = finding.severity === 'error' ? style.bad : style.warn;
  const row = [finding.table, finding.key === null ? null : shortText(finding.key, 80)]
    .filter(Boolean)
    .join(' ');
  const values =
    finding.column === null || finding.layer === 'freshness'
      ? ''
      : `\n      ${safeText(finding.column)}: ${finding.layer === 'derived' ? 'expected' : 'git says'} ${valueText(finding.expected)}, found ${valueText(finding.actual)}`;
  const where = [row, place].filter((part) => part !== '').join('  ');
  return `${paint(finding.code)} ${shortText(finding.message, 200)}\n      ${where}${values}\n      ${style.dim(`mend: ${safeText(finding.mend)}`)}`;
}

function valueText(value: string | null): string {
  return value === null ? 'nothing' : JSON.stringify(shortText(value, 100));
}

function summary({ style }: CommandRuntime, report: VerifyReport, seconds: number): string {
  const rows = rowsTotal(report.rowCounts);
  const scope = `${things(report.artifactsRead, 'artifact')}${rows > 0 ? `, ${things(rows, 'row')}` : ''} at ${report.revision.slice(0, 12)}`;
  const time = `${seconds.toFixed(2)} s`;
  const warnings = report.warnings > 0 ? `, ${things(report.warnings, 'warning')}` : '';
  if (report.errors > 0) return style.bad(`${things(report.errors, 'error')}${warnings}: ${scope} (${time})`);
  const checked =
    report.layers.projection === 'not checked' ? 'artifacts and what is derived are sound' : 'in sync';
  return `${style.good(checked)}${warnings}: ${scope} (${time})`;
}
