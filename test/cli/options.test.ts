import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, maven } from '../support/cli.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

describe('options on the command line', () => {
  let repository: TestRepository;
  beforeAll(() => {
    repository = createTestRepository();
    repository.commit({ '.moha/maven/identity.json': '{}\n' });
  });
  afterAll(() => repository.remove());

  const run = (args: readonly string[]): Promise<CliRun> =>
    maven(args, {
      cwd: repository.folder,
      env: { MAVEN_DATABASE_URL: 'postgres://maven:secret@127.0.0.1:1/none' },
    });

  it.each([
    [['pnl', '--window', '7d', '--window', '24h'], '--window: given 2 times, expected one: "7d" and "24h"'],
    [['trades', '--limit', '1', '--limit=1'], '--limit: given 2 times, expected one: "1" and "1"'],
    [['status', '--repo', '.', '--repo', '.'], '--repo: given 2 times'],
    [['portfolio', '--svg'], '--svg: expected a value, got none'],
    [['portfolio', '--svg='], '--svg: expected a value, got none'],
    [['portfolio', '--svg', '--chart'], '--svg: expected a value, got none'],
    [['trades', '--limit'], '--limit: expected a value, got none'],
    [['portfolio', '--window'], '--window: expected a value, got none'],
    [['pnl', '--window', '8d'], '--window: got "8d", expected one of "24h", "7d", "30d", "all"'],
    [['snapshot', '--loop', '--dry-run'], '--dry-run and --loop exclude each other'],
    [['snapshot', '--interval', '0'], '--interval: expected a whole number from 1 to 86400, got "0"'],
    [['trades', '--since', 'yesterday'], 'since: expected a time with its zone'],
  ])('%j is refused in one line that points to the help of its command', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(new RegExp(`^maven-git: .* -- see maven-git ${args[0]} --help\n$`));
  });

  it('takes an option that is a list as often as it is given, and a value that begins with a dash after "="', async () => {
    const corrected = ['--field', 'fees_usd=1', '--field', 'exit_price=2', '--reason=-x', '--json', '--json'];
    const { stdout } = await run(['record', 'correction', '1', ...corrected]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringContaining('no trade') } });
  });
});
