import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commitFilesWith } from './support/committing.js';
import { git, initRepository, temporaryFolder, writeFiles } from './support/temporary.js';

/** Paths a person works on: elsewhere, and right beside and between ours. */
const userPaths = [
  'README.md',
  'src/a.txt',
  'src/b/c.txt',
  '.moha/maven/aa.md',
  '.moha/maven/decisions/user.md',
  '.moha/maven/zz/user.md',
  '.moha/zz.txt',
  'zz.txt',
] as const;

const ourPaths = [
  '.moha/maven/decisions/decision_1.md',
  '.moha/maven/decisions/zzz.md',
  '.moha/maven/identity.json',
  '.moha/maven/trades/2026/2026-01-14.jsonl',
  '.moha/maven/zz/ours.md',
] as const;

type Step = readonly [(typeof steps)[number], string, string];

const steps = [
  'write',
  'add',
  'addEmpty',
  'unstage',
  'remove',
  'removeCached',
  'executable',
  'link',
  'commit',
] as const;

/** Does to a repository what a person may do; steps that do not apply do nothing. */
function perform(dir: string, [kind, path, text]: Step): void {
  const file = join(dir, path);
  const exists = existsSync(file);
  if (kind === 'write') writeFiles(dir, { [path]: text });
  if (kind === 'add' && exists) git(dir, 'add', '--', path);
  if (kind === 'addEmpty' && exists) git(dir, 'add', '-N', '--', path);
  if (kind === 'unstage') git(dir, 'reset', '-q', '--', '.');
  if (kind === 'remove') rmSync(file, { force: true });
  if (kind === 'removeCached') git(dir, 'rm', '-q', '--cached', '--ignore-unmatch', '--', path);
  if (kind === 'executable' && exists) chmodSync(file, 0o755);
  if (kind === 'link') {
    rmSync(file, { force: true });
    writeFiles(dir, { 'keep/x': '' });
    writeFiles(dir, { [`${path}.folder/x`]: '' });
    symlinkSync('nowhere', file);
  }
  if (kind === 'commit') git(dir, 'commit', '-q', '--allow-empty', '-m', 'user');
}

function userState(dir: string): readonly string[] {
  return [
    git(dir, 'status', '--porcelain', '--untracked-files=all'),
    git(dir, 'diff', '--cached', '--raw', '--no-abbrev'),
    git(dir, 'diff', '--raw', '--no-abbrev'),
    git(dir, 'diff'),
  ];
}

/** A ledger only grows; everything else is replaced. */
function appended(dir: string, content: Readonly<Record<string, string>>): Record<string, string> {
  const file = join(dir, ourPaths[3]);
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Object.fromEntries(
    Object.entries(content).map(([path, text]) => [path, path === ourPaths[3] ? old + text : text]),
  );
}

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(...steps),
  fc.constantFrom(...userPaths),
  fc.string({ maxLength: 20 }),
);
const files = fc.dictionary(fc.constantFrom(...ourPaths), fc.string({ minLength: 1, maxLength: 30 }), {
  minKeys: 1,
});

it('law 8: committing never changes what the user had staged, and is clean on our paths', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.array(files, { minLength: 1, maxLength: 3 }),
      async (userSteps, rounds) => {
        const folder = temporaryFolder();
        try {
          const dir = initRepository(folder.dir, {
            'README.md': 'a\n',
            'src/a.txt': 'b\n',
            [ourPaths[2]]: '{}\n',
          });
          const half = userSteps.length >> 1;
          for (const userStep of userSteps.slice(0, half)) perform(dir, userStep);
          for (const [round, content] of rounds.entries()) {
            for (const userStep of round === 0 ? userSteps.slice(half) : []) perform(dir, userStep);
            const before = userState(dir);
            const result = await commitFilesWith(dir, appended(dir, content));
            expect(userState(dir)).toEqual(before);
            expect(git(dir, 'status', '--porcelain', '--', ...ourPaths)).toBe('');
            expect(result?.keptDirty ?? []).toEqual([]);
            if (result !== null)
              expect(git(dir, 'show', '--format=', '--name-only', 'HEAD').split('\n').sort()).toEqual(
                result.paths,
              );
          }
          expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
        } finally {
          folder.remove();
        }
      },
    ),
    { numRuns: 40 },
  );
}, 90_000);
