import { execFileSync } from 'node:child_process';
import type { TestRepository } from '../support/test-repository.js';

/**
 * Finds ledger files that some commit did not only append to.
 *
 * @returns one sentence each; none = every version is a prefix of the next, byte by byte.
 */
export function rewrittenFiles(repository: TestRepository): readonly string[] {
  const faults: string[] = [];
  const read = (blob: string): Buffer =>
    execFileSync('git', ['cat-file', 'blob', blob], { cwd: repository.folder, maxBuffer: 2 ** 30 });
  let before = new Map<string, string>();
  for (const commit of repository.git('rev-list', '--first-parent', '--reverse', 'HEAD').trim().split('\n')) {
    const lines = repository.git('ls-tree', '-r', commit, '.moha/maven/trades/').split('\n').filter(Boolean);
    const files = new Map(
      lines.map((line): [string, string] => {
        const [head = '', file = ''] = line.split('\t');
        return [file, head.split(' ')[2] ?? ''];
      }),
    );
    for (const [file, blob] of before) {
      const next = files.get(file);
      if (next === blob) continue;
      const [bytes, more] = [read(blob), next === undefined ? Buffer.alloc(0) : read(next)];
      if (!more.subarray(0, bytes.length).equals(bytes)) faults.push(`${commit} rewrites ${file}`);
    }
    before = files;
  }
  return faults;
}
