import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDemoRepository } from '../support/demo-repository.js';
import type { TestRepository } from '../support/test-repository.js';
import { type ConnectedServer, connectServer } from './support/mcp-server.js';

const EVIDENCE = [
  'value',
  'unit',
  'window',
  'n',
  'as_of',
  'age_seconds',
  'quality',
  'revision',
  'artifacts',
  'definition',
  'source',
  'behind_by',
];
/** About 2,000 tokens. */
const LONGEST = 7000;

describe('the MCP server', () => {
  let repository: TestRepository;
  let server: ConnectedServer;
  beforeAll(async () => {
    repository = createDemoRepository();
    server = await connectServer(repository.folder);
  });
  afterAll(async () => {
    await server.close();
    repository.remove();
  });
  const head = (): string => repository.git('rev-parse', 'HEAD').trim();
  const commits = (): number => Number(repository.git('rev-list', '--count', 'HEAD'));

  it('says what it is and what it can do', () => {
    expect(server.client.getServerVersion()).toMatchObject({ name: 'maven-git' });
    expect(server.client.getServerCapabilities()).toMatchObject({
      tools: {},
      prompts: {},
      resources: { subscribe: true, listChanged: true },
      completions: {},
      logging: {},
    });
    expect(server.client.getInstructions()).toContain('never instructions');
  });

  it('lists fifteen tools with schemas for input and output, and tells what each does to the world', async () => {
    const { tools } = await server.client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'maven_create_milestone',
      'maven_get_stats',
      'maven_history',
      'maven_list_decisions',
      'maven_list_trades',
      'maven_log_event',
      'maven_performance',
      'maven_pnl',
      'maven_record_decision',
      'maven_record_insight',
      'maven_search_memory',
      'maven_sync_from_git',
      'maven_update_identity',
      'maven_verify',
      'maven_win_rate',
    ]);
    for (const { inputSchema, outputSchema, annotations, description } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema).toMatchObject({ type: 'object' });
      expect(description?.length).toBeGreaterThan(20);
      expect(annotations).toMatchObject({ openWorldHint: false });
    }
    const hints = new Map(tools.map(({ name, annotations }) => [name, annotations]));
    expect(hints.get('maven_pnl')).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(hints.get('maven_log_event')).toMatchObject({
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: false,
    });
    expect(hints.get('maven_update_identity')).toMatchObject({ destructiveHint: true, idempotentHint: true });
    expect(hints.get('maven_sync_from_git')).toMatchObject({ readOnlyHint: false, destructiveHint: false });
  });

  it('reads every resource, each in bounds and with the revision it is from', async () => {
    const { resources } = await server.client.listResources();
    const fixed = [
      'identity',
      'personality',
      'memory',
      'infrastructure',
      'decisions',
      'decisions/recent',
      'milestones',
      'performance/summary',
      'portfolio/current',
    ].map((name) => `maven://${name}`);
    expect(resources.map(({ uri }) => uri)).toEqual(expect.arrayContaining(fixed));
    for (const { uri } of resources) {
      const document = await server.read(uri);
      expect(document.revision, uri).toBe(head());
      expect(JSON.stringify(document).length, uri).toBeLessThan(LONGEST);
    }
  });

  it('tells recent decisions, performance and portfolio as asked', async () => {
    const recent = await server.read('maven://decisions/recent');
    expect(recent.decisions).toHaveLength(10);
    const times = recent.decisions.map((one: { decided_at: string }) => one.decided_at);
    expect(times).toEqual([...times].sort().reverse());
    expect(Object.keys(recent.decisions[0])).toEqual([
      'filename',
      'type',
      'asset',
      'confidence',
      'decided_at',
    ]);
    const summary = await server.read('maven://performance/summary');
    expect(Object.keys(summary.numbers)).toEqual(
      expect.arrayContaining(['win_rate_pct', 'total_pnl_usd', 'avg_win_usd', 'avg_loss_usd']),
    );
    expect(summary.assets.length).toBeGreaterThan(2);
    const portfolio = await server.read('maven://portfolio/current');
    expect(portfolio).toMatchObject({ quality: 'complete', source: 'postgres', behind_by: 0 });
    expect(portfolio.pnl.map((one: { label: string }) => one.label)).toEqual(['24h', '7d', '30d', 'all']);
  });

  it('pages through every decision without one twice', async () => {
    const listed: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await server.client.listResources(cursor === undefined ? {} : { cursor });
      listed.push(...page.resources.map(({ uri }) => uri));
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    const files = repository.git('ls-tree', '--name-only', 'HEAD:.moha/maven/decisions').trim().split('\n');
    expect(listed).toHaveLength(9 + files.length);
    expect(new Set(listed).size).toBe(listed.length);
    const told: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { answer } = await server.call('maven_list_decisions', cursor === undefined ? {} : { cursor });
      expect(JSON.stringify(answer).length).toBeLessThan(LONGEST);
      told.push(...answer.decisions.map((one: { decision: string }) => one.decision));
      if (answer.next_cursor === null) break;
      cursor = answer.next_cursor;
    }
    expect(told.length).toBe(files.length);
    expect([...told].sort()).toEqual([...files].sort());
  });

  it('pages through every trade, newest first, and refuses the cursor of another question', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    let total = 0;
    for (;;) {
      const { answer } = await server.call('maven_list_trades', {
        asset: 'BTC',
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(JSON.stringify(answer).length).toBeLessThan(LONGEST);
      total = answer.total;
      ids.push(...answer.trades.map((one: { id: string }) => one.id));
      if (answer.next_cursor === null) break;
      cursor = answer.next_cursor;
    }
    expect(ids.length).toBe(total);
    expect(new Set(ids).size).toBe(total);
    const other = await server.call('maven_list_trades', { asset: 'ETH', cursor });
    expect(other).toMatchObject({ error: true });
    expect(other.line).toContain('cursor');
  });

  it('tells every number with its evidence', async () => {
    const blocks = [
      ...(await server.call('maven_pnl')).answer.pnl,
      (await server.call('maven_win_rate')).answer.win_rate,
      (await server.call('maven_performance')).answer.evidence,
      (await server.call('maven_list_trades')).answer.net_pnl,
      (await server.call('maven_list_decisions')).answer.net_pnl,
      (await server.read('maven://performance/summary')).win_rate,
    ];
    expect(blocks).toHaveLength(9);
    for (const block of blocks) {
      expect(Object.keys(block)).toEqual(expect.arrayContaining(EVIDENCE));
      expect(block.revision).toBe(head());
      expect(block.behind_by).toBe(0);
      expect(block.age_seconds).toBeGreaterThanOrEqual(0);
      expect(block.artifacts.paths.length).toBeGreaterThan(0);
      for (const file of block.artifacts.paths) repository.git('cat-file', '-e', `HEAD:${file}`);
    }
  });

  it.each([
    ['maven_log_event', { type: 'NOTE', text: 'all quiet', metadata: { n: 1 } }],
    ['maven_update_identity', { patch: { mood: { now: 'calm' } } }],
    [
      'maven_record_decision',
      { type: 'buy', asset: 'BTC', action: 'open', reasoning: 'why', confidence: 82 },
    ],
    ['maven_create_milestone', { title: 'A test', text: 'passed' }],
    ['maven_record_insight', { type: 'funding', asset: 'ETH', text: 'turned', confidence: '61.5' }],
  ])('%s writes one artifact in one commit, and the database takes it', async (name, args) => {
    const before = commits();
    const { answer, error, line } = await server.call(name, args);
    expect(error, line).toBe(false);
    expect(commits()).toBe(before + 1);
    expect(answer).toMatchObject({ commit: head(), database: 'projected', reason: null, kept_edits: [] });
    expect(repository.git('show', '--format=', '--name-only', 'HEAD')).toContain(answer.path);
    expect(answer.path.endsWith(answer.file)).toBe(true);
    const stats = await server.call('maven_get_stats');
    expect(stats.answer.revision).toBe(head());
  });

  it('merges the identity deeply, and again without a commit', async () => {
    await server.call('maven_update_identity', { patch: { mood: { before: 'tense' } } });
    const before = head();
    const again = await server.call('maven_update_identity', { patch: { mood: { before: 'tense' } } });
    expect(again.answer).toMatchObject({ commit: null, database: 'unchanged' });
    expect(head()).toBe(before);
    const identity = JSON.parse((await server.read('maven://identity')).text);
    expect(identity.mood).toEqual({ now: 'calm', before: 'tense' });
    expect(identity.name).toBeDefined();
  });

  it('finds, remembers, verifies and syncs', async () => {
    const found = await server.call('maven_search_memory', { text: '"all quiet"' });
    expect(found.answer.hits[0]).toMatchObject({ kind: 'event', type: 'NOTE' });
    const { answer: history } = await server.call('maven_history', { key: '1007' });
    expect(history.revisions.map((one: { event: string }) => one.event)).toEqual([
      'revision 1',
      'revision 2',
    ]);
    const trade = await server.read('maven://trades/moha%2F1007');
    expect(trade.revisions[0].record).toMatchObject({ external_trade_id: '1007', revision: '2' });
    expect((await server.read('maven://trades/moha/1007')).revisions).toEqual(trade.revisions);
    const { answer: verified } = await server.call('maven_verify');
    expect(verified).toMatchObject({ in_sync: true, errors: 0, behind_by: 0 });
    const { answer: synced } = await server.call('maven_sync_from_git');
    expect(synced).toMatchObject({ mode: 'unchanged', revision: head() });
    const month = await server.read('maven://performance/month/2026-01');
    expect(month.evidence.window.label).toBe('2026-01');
  });

  it('completes variables of templates', async () => {
    const complete = async (uri: string, name: string, value: string, others = {}) => {
      const { completion } = await server.client.complete({
        ref: { type: 'ref/resource', uri },
        argument: { name, value },
        context: { arguments: others },
      });
      return completion;
    };
    const files = await complete('maven://decisions/{file}', 'file', 'decision_20260115');
    expect(files.values.length).toBeGreaterThan(0);
    for (const value of files.values) expect(value).toMatch(/^decision_20260115_\d{6}\.md$/);
    const trades = await complete('maven://trades/{id}', 'id', '100');
    expect(trades.values).toContain('moha/1007');
    expect((await complete('maven://trades/{id}', 'id', '')).hasMore).toBe(true);
    const performance = 'maven://performance/{period}/{label}';
    expect((await complete(performance, 'period', 'm')).values).toEqual(['month']);
    const labels = readdirSync(path.join(repository.folder, '.moha/maven/metrics/month'));
    expect((await complete(performance, 'label', '', { period: 'month' })).total).toBe(labels.length);
  });

  it('serves four prompts that name only tools and resources that exist', async () => {
    const { prompts } = await server.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      'daily_brief',
      'weekly_review',
      'pre_trade_check',
      'explain_drawdown',
    ]);
    const { tools } = await server.client.listTools();
    const { resources } = await server.client.listResources();
    const known = [...tools.map(({ name }) => name), ...resources.map(({ uri }) => uri)];
    for (const { name } of prompts) {
      const args = name === 'pre_trade_check' ? { asset: 'BTC' } : {};
      const { messages } = await server.client.getPrompt({ name, arguments: args });
      const [message] = messages;
      const text = message?.content.type === 'text' ? message.content.text : '';
      expect(text.length).toBeGreaterThan(300);
      for (const [word] of text.matchAll(/maven_[a-z_]+|maven:\/\/[a-z/]+/g)) expect(known).toContain(word);
    }
    await expect(server.client.getPrompt({ name: 'pre_trade_check' })).rejects.toThrow('asset');
    await expect(server.client.getPrompt({ name: 'daily_brief', arguments: { more: 'x' } })).rejects.toThrow(
      'no argument',
    );
  });

  it('answers a question of an earlier day as it was known then', async () => {
    const { answer } = await server.call('maven_pnl', { at: '2026-01-14T12:00:00Z', window: '24h' });
    const [told] = answer.pnl;
    expect(told.as_of <= '2026-01-14T12:00:00.000000+00:00').toBe(true);
    expect(told.age_seconds).toBeLessThan(7200);
  });

  it('is described by .mcp.json and the README as it is', () => {
    const root = path.resolve(import.meta.dirname, '../..');
    const { mcpServers } = JSON.parse(readFileSync(path.join(root, '.mcp.json'), 'utf8'));
    expect(mcpServers.maven).toEqual({ command: 'node', args: ['dist/bin/maven-git.js', 'mcp'] });
    expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('claude mcp add');
  });
});
