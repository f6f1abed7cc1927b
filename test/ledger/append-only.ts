import type { TestRepository } from '../support/test-repository.js';

/**
 * Finds ledger files that some commit did not only append to.
 *
 * @returns one sentence each; none = every version is a prefix of the next, byte by byte.
 */
export function rewrittenFiles(repository: TestRepository): readonly string[] {
  const faults: string[] = [];
  const content = new Map<string, string>();
  const read = (blob: string): string => {
    const known = content.get(blob) ?? repository.git('cat-file', 'blob', blob);
    content.set(blob, known);
    return known;
  };
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
      if (next === undefined || !read(next).startsWith(read(blob))) faults.push(`${commit} rewrites ${file}`);
    }
    before = files;
  }
  return faults;
}
