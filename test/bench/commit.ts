import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { insightPath } from '../../parsers/paths.js';
import { commitArtifacts } from '../../src/git/commit.js';
import { openRepository } from '../../src/git/repository.js';
import type { Bench } from './bench.js';
import { inTurn, type Run, runHere, runProcess } from './measure.js';

const AUTHOR = { name: 'Bench', email: 'bench@localhost' };

/**
 * One artifact commit in a large repository, durable, against native `git add` and `git commit` of the same file.
 *
 * Ours runs inside a process that stands, as in a loop or in the MCP server; native git is two processes, since there is
 * no other way to have it.
 */
export async function benchCommit(bench: Bench): Promise<void> {
  const { size, runs } = bench.around.options;
  const files = size.decisions + size.snapshots;
  const what = `one artifact commit, repository of ${files.toLocaleString('en-US')} files`;
  if (!bench.has('git', what)) return;
  const repository = await bench.repository();
  const opened = await openRepository(repository);
  let second = 0;
  const next = (): string => {
    second += 1;
    return insightPath(
      new Date(Date.UTC(2027, 0, 1) + second * 1000).toISOString().replace('Z', '000+00:00'),
    );
  };
  const ours = (): Promise<Run> =>
    runHere(() =>
      commitArtifacts(opened, {
        author: AUTHOR,
        now: new Date(),
        job: 'bench',
        purpose: 'bench',
        build: async () => ({ files: new Map([[next(), 'text\n']]), subject: 'bench: one', records: 1 }),
      }),
    );
  const native = (): Promise<Run> => {
    const file = next();
    mkdirSync(path.join(repository, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(repository, file), 'text\n');
    return runHere(async () => {
      await runProcess('git', ['add', file], { cwd: repository });
      await runProcess('git', ['commit', '--quiet', '--message', 'bench'], { cwd: repository });
    });
  };
  await ours();
  bench.row(
    { id: 'commit', what, against: 'git add + git commit', goal: 0.7 },
    await inTurn(runs * 5, ours, native),
  );
}
