/** A process that merges a commit without native git, for tests that kill it. Arguments: repository, commit. */
import { mergeCommit } from '../../../src/git/merge-commit.js';
import { openRepository } from '../../../src/git/repository.js';
import { mergeBytes } from '../../../src/merge-artifact.js';

const [dir = '', theirs = ''] = process.argv.slice(2);
await mergeCommit(await openRepository(dir, { nativeGit: false }), {
  author: { name: 'Test', email: 'test@example.com' },
  now: new Date(),
  job: 'pull',
  purpose: 'pull',
  onto: 'refs/heads/main',
  theirs,
  from: 'another clone',
  mergeFile: mergeBytes,
  orNative: false,
});
