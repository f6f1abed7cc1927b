import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { git, initRepository } from '../../git/support/temporary.js';
import { startRawServer } from '../../mcp/support/mcp-server.js';
import { ROOT } from '../../support/cli.js';
import type { Random } from '../random.js';
import { emptyTally, type Tally, type TortureContext } from '../scenario.js';
import { payloads } from './hostile-files.js';

const SECRET = 'Zq7Secret9Marked';
const AT_ONCE = 25;

/** A client that means harm: the server answers each request, tells nothing, writes nowhere else, and goes on. */
export async function hostileRequests(context: TortureContext, requests: number): Promise<Tally> {
  const { dir, random, deadline } = context;
  const tally = emptyTally();
  const fault = (what: string): void => {
    if (tally.broken.length < 50) tally.broken.push(what);
  };
  const folder = path.join(dir, 'mcp', 'tree');
  mkdirSync(path.dirname(folder), { recursive: true });
  writeFileSync(path.join(dir, 'mcp', 'secret.md'), SECRET);
  initRepository(folder, { 'secret.md': `${SECRET}\n`, 'README.md': 'a\n' });
  cpSync(path.join(ROOT, 'fixtures/history/.moha'), path.join(folder, '.moha'), { recursive: true });
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'history');
  const mark = path.join(dir, 'mcp-executed');
  const env = {
    HOME: dir,
    DB_PASSWORD: SECRET,
    MOHA_DATABASE_URL: `postgres://moha:${SECRET}@127.0.0.1:1/moha_data`,
    REDIS_URL: `redis://:${SECRET}@127.0.0.1:1`,
  };
  const server = await startRawServer(folder, { env });
  const values = hostileValues(mark);
  let next = 1;
  const one = async (): Promise<void> => {
    const id = next;
    next += 1;
    server.send({ jsonrpc: '2.0', id, ...request(random, values) });
    const answer = await Promise.race([server.answer(id), late(id)]);
    if (answer === null) fault(`request ${id} was not answered`);
    tally.tries += 1;
    tally.faults += 1;
  };
  try {
    while (next <= requests && performance.now() < deadline && server.child.exitCode === null)
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    const alive = await Promise.race([server.answer(sendPing(server, next)), late(next)]);
    if (alive === null) fault('the server no longer answers');
  } catch (error) {
    // A line that is no JSON is thrown by the client.
    fault(`stray bytes on stdout: ${String(error)}`);
  }
  if ((await server.end()) !== 0) fault('the server did not end by itself');
  for (const line of server.lines) {
    if (!line.includes('"jsonrpc":"2.0"')) fault(`no message of the protocol: ${line.slice(0, 200)}`);
    if (line.includes(SECRET)) fault(`a secret is told: ${line.slice(0, 200)}`);
    if (/root:x:0|\bat .*\.js:\d+/.test(line)) fault(`more is told than should be: ${line.slice(0, 200)}`);
    if (/\\u001b|\\u009b|\\u202e|\\u200b|[\u001b\u009b\u202e\u200b]/.test(line))
      fault(`raw escapes: ${line.slice(0, 200)}`);
  }
  if (server.stderr().includes(SECRET)) fault('a secret stands in the log');
  const outside = git(folder, 'log', '--format=', '--name-only', '--max-parents=1', 'HEAD')
    .split('\n')
    .filter(
      (name) =>
        name !== '' && !name.startsWith('.moha/maven/') && name !== 'secret.md' && name !== 'README.md',
    );
  for (const name of new Set(outside)) fault(`${name} was written outside .moha/maven`);
  if (git(folder, 'status', '--porcelain') !== '') fault('the working tree is not clean');
  if (existsSync(mark) || existsSync(path.join(folder, 'x'))) fault('something was executed');
  tally.kinds['hostile MCP request'] = tally.tries;
  return tally;
}

function sendPing(server: Awaited<ReturnType<typeof startRawServer>>, id: number): number {
  server.send({ jsonrpc: '2.0', id, method: 'ping' });
  return id;
}

const PATIENCE_MS = 120_000;

function late(_id: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS).unref());
}

const METHODS = [
  ...[
    'tools/call',
    'tools/call',
    'tools/call',
    'tools/call',
    'resources/read',
    'resources/read',
    'resources/read',
  ],
  ...[
    'prompts/get',
    'completion/complete',
    'resources/subscribe',
    'resources/unsubscribe',
    'tools/list',
    'logging/setLevel',
  ],
  ...['resources/list', 'initialize', 'no/such/method', '__proto__'],
] as const;

const TOOLS = [
  ...[
    'maven_pnl',
    'maven_win_rate',
    'maven_list_trades',
    'maven_list_decisions',
    'maven_search_memory',
    'maven_history',
  ],
  ...[
    'maven_get_stats',
    'maven_performance',
    'maven_update_identity',
    'maven_log_event',
    'maven_record_decision',
  ],
  ...['maven_record_insight', 'maven_create_milestone', 'maven_verify', 'maven_sync_from_git'],
] as const;

const KEYS = [
  ...[
    'asset',
    'window',
    'at',
    'text',
    'key',
    'cursor',
    'since',
    'until',
    'limit',
    'label',
    'period',
    'type',
    'action',
  ],
  ...[
    'reasoning',
    'confidence',
    'title',
    'patch',
    'metadata',
    'max_tokens',
    'status',
    '__proto__',
    'constructor',
    'path',
    'fix',
  ],
] as const;

/** Tools that cost seconds or commit are called less: the others are those with the most ways in. */
const DEAR = /verify|sync_from_git|log_event|record_|create_/;

function request(
  random: Random,
  values: readonly unknown[],
): { readonly method: string; readonly params: unknown } {
  const method = random.pick(METHODS);
  const value = (): unknown => random.pick(values);
  const some = (): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(KEYS), value()]));
  if (random.below(12) === 0) return { method, params: value() };
  switch (method) {
    case 'tools/call': {
      const name = random.pick(TOOLS);
      if (DEAR.test(name) && random.below(15) > 0)
        return { method, params: { name: 'maven_history', arguments: some() } };
      return { method, params: { name, arguments: some() } };
    }
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return { method, params: { uri: uri(random, values) } };
    case 'prompts/get':
      return {
        method,
        params: {
          name: random.pick(['daily_brief', 'pre_trade_check', 'weekly_review', '__proto__']),
          arguments: some(),
        },
      };
    case 'completion/complete':
      return {
        method,
        params: {
          ref: {
            type: 'ref/resource',
            uri: random.pick(['maven://decisions/{file}', 'maven://trades/{key}', 'file:///{x}']),
          },
          argument: { name: random.pick(['file', 'key', '__proto__']), value: textOf(value()) },
        },
      };
    default:
      return { method, params: some() };
  }
}

function uri(random: Random, values: readonly unknown[]): string {
  const text = textOf(random.pick(values));
  const name = random.pick([
    text,
    encodeURIComponent(text.toWellFormed()),
    encodeURIComponent(encodeURIComponent(text.toWellFormed())),
  ]);
  return `${random.pick(['maven://decisions/', 'maven://trades/', 'maven://performance/day/', 'maven://', 'file://', 'maven://identity/../', ''])}${name}`;
}

function hostileValues(mark: string): readonly unknown[] {
  return [
    ...payloads(mark),
    ...[
      '../../secret.md',
      '../../../secret.md',
      '/etc/passwd',
      'file:///etc/passwd',
      '..%2f..%2fsecret.md',
      'secret.md',
      '.git/config',
    ],
    ...[
      'decision_20260115_164838.md/../../../../secret.md',
      'a\0.md',
      '\ud800',
      'x'.repeat(5000),
      '',
      ' ',
      'BTC',
      'ALL',
      '24h',
      'HEAD',
      'HEAD~1',
    ],
    ...[
      '--output=x',
      '--upload-pack=touch x',
      '@{-1}',
      ':/x',
      'HEAD:secret.md',
      'refs/heads/main',
      '$(touch x)',
      '2026-01-14',
      '9999-99-99',
    ],
    ...[
      null,
      true,
      0,
      -1,
      1e308,
      1.5,
      2 ** 53,
      [],
      {},
      [[]],
      { a: { b: 1 } },
      ['x'],
      { toString: 'x' },
      { length: 1e9 },
    ],
    JSON.parse('{"__proto__":{"polluted":true}}'),
    JSON.parse(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`),
  ];
}

/** Not `String(value)`: one of the values brings a `toString` of its own. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
