import { type ArtifactCommit, type CommitOptions, commitArtifacts } from '../../../src/git/commit.js';
import { openRepository } from '../../../src/git/repository.js';

export const author = { name: 'Maven', email: 'maven@example.org' };
export const ledger = '.moha/maven/trades/2026/2026-01-14.jsonl';

/** Options of a commit of given files, with everything else as tests like it. */
export function committing(
  files: Readonly<Record<string, string | Buffer>>,
  more: Partial<CommitOptions> = {},
): CommitOptions {
  return {
    author,
    now: new Date('2026-01-14T14:24:08Z'),
    job: 'test',
    purpose: 'test',
    timeoutMs: 10_000,
    build: async () => ({ files: new Map(Object.entries(files)), subject: 'test: files', records: 1 }),
    ...more,
  };
}

/** Options of a commit that adds one line to the ledger. */
export function appending(line: string, more: Partial<CommitOptions> = {}): CommitOptions {
  return committing(
    {},
    {
      build: async (base) => {
        const old = (await base.read(ledger))?.toString('utf8') ?? '';
        return { files: new Map([[ledger, `${old}${line}\n`]]), subject: `trades: ${line}`, records: 1 };
      },
      ...more,
    },
  );
}

export async function commitFilesWith(
  dir: string,
  files: Readonly<Record<string, string | Buffer>>,
  more: Partial<CommitOptions> & { readonly nativeGit?: boolean } = {},
): Promise<ArtifactCommit | null> {
  return commitArtifacts(await openRepository(dir, { nativeGit: more.nativeGit }), committing(files, more));
}
