/** What an artifact holds; each kind has one parser and one formatter. */
export type ArtifactKind =
  | 'decision'
  | 'session_log'
  | 'milestone'
  | 'insight'
  | 'conversation'
  | 'identity'
  | 'infrastructure'
  | 'persona'
  | 'trades'
  | 'flows'
  | 'snapshot'
  | 'metrics'
  | 'runs'
  | 'state';

/** Where artifacts live in a repository. */
export const ARTIFACTS_ROOT = '.moha/maven';

/** A name that cannot leave its folder, hide, or be read as an option. */
const NAME = '[A-Za-z0-9][A-Za-z0-9._@-]{0,127}';

/** By folder, `''` for what stands beside the folders: a history has tens of thousands of paths. */
const PATTERNS: ReadonlyMap<string, readonly (readonly [ArtifactKind, RegExp])[]> = new Map([
  ['decisions', [['decision', /^decisions\/decision_\d{8}_\d{6}(?:_[1-9]\d{0,5})?\.md$/]]],
  ['trades', [['trades', /^trades\/(\d{4})\/\1-\d{2}-\d{2}\.jsonl$/]]],
  ['snapshots', [['snapshot', /^snapshots\/(\d{4})\/(\d{2})\/snapshot_\1\2\d{2}T\d{6}Z\.json$/]]],
  ['insights', [['insight', /^insights\/insight_\d{8}_\d{6}(?:_[1-9]\d{0,5})?\.md$/]]],
  ['milestones', [['milestone', new RegExp(`^milestones/milestone_\\d{8}_\\d{6}_${NAME}\\.md$`)]]],
  ['conversations', [['conversation', new RegExp(`^conversations/${NAME}\\.jsonl$`)]]],
  ['personas', [['persona', new RegExp(`^personas/${NAME}\\.md$`)]]],
  ['flows', [['flows', /^flows\/(\d{4})\/\1-\d{2}\.jsonl$/]]],
  [
    'metrics',
    [
      ['metrics', /^metrics\/hour\/\d{4}-\d{2}-\d{2}T\d{2}\.md$/],
      ['metrics', /^metrics\/day\/\d{4}-\d{2}-\d{2}\.md$/],
      ['metrics', /^metrics\/week\/\d{4}-W\d{2}\.md$/],
      ['metrics', /^metrics\/month\/\d{4}-\d{2}\.md$/],
      ['metrics', /^metrics\/all_time\/all_time\.md$/],
    ],
  ],
  ['runs', [['runs', /^runs\/(\d{4})\/\1-\d{2}-\d{2}\.jsonl$/]]],
  ['state', [['state', new RegExp(`^state/${NAME}\\.json$`)]]],
  [
    '',
    [
      ['session_log', /^session_log\.md$/],
      ['identity', /^identity\.json$/],
      ['infrastructure', /^infrastructure\.json$/],
    ],
  ],
]);

/**
 * Tells what a path holds, by its place and name alone.
 *
 * Exact in case: `Decisions/` is another folder on Linux and the same one elsewhere, so it is reported, not guessed.
 *
 * @param path - repository-relative, with `/`.
 * @returns null = not the place and name of an artifact.
 */
export function artifactKind(path: string): ArtifactKind | null {
  if (!path.startsWith(`${ARTIFACTS_ROOT}/`) || path.length > 512) return null;
  const inside = path.slice(ARTIFACTS_ROOT.length + 1);
  const folder = inside.slice(0, Math.max(0, inside.indexOf('/')));
  for (const [kind, pattern] of PATTERNS.get(folder) ?? []) {
    if (pattern.test(inside)) return kind;
  }
  return null;
}

/** Tells whether a path is known not to be an artifact: a README or a dotfile (`.gitattributes`, `.gitkeep`). */
export function isIgnoredPath(path: string): boolean {
  const inside = path.startsWith(`${ARTIFACTS_ROOT}/`) ? path.slice(ARTIFACTS_ROOT.length + 1) : path;
  if (!inside.startsWith('.') && !inside.includes('/.') && !inside.endsWith('README.md')) return false;
  const parts = inside.split('/');
  return (
    parts.some((part) => part.startsWith('.') && part !== '.' && part !== '..') ||
    parts.at(-1) === 'README.md'
  );
}
