import { MavenError } from '../errors.js';
import { type ConfigEntry, isTrue, lastValue } from './git-config.js';

/** Extensions of the repository format that change nothing for us. */
const harmlessExtensions: ReadonlySet<string> = new Set([
  'noop',
  'noop-v1',
  'preciousobjects',
  'relativeworktrees',
  'worktreeconfig',
]);

/**
 * Refuses repository formats that we would read or write wrongly, by name.
 *
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED for SHA-256 objects, reftable, partial clones and any extension
 *   this program does not know.
 */
export function assertSupportedFormat(config: readonly ConfigEntry[], commonDir: string): void {
  const reason = unsupportedReason(config);
  if (reason === null) return;
  throw new MavenError('REPOSITORY_UNSUPPORTED', `${commonDir}: ${reason.what}`, {
    hint: reason.hint,
    data: { commonDir, reason: reason.what },
  });
}

interface Reason {
  readonly what: string;
  readonly hint: string;
}

function unsupportedReason(config: readonly ConfigEntry[]): Reason | null {
  const version = lastValue(config, 'core.repositoryformatversion') ?? '0';
  if (version !== '0' && version !== '1') {
    return { what: `repository format version ${version}, expected 0 or 1`, hint: 'use a newer maven-git' };
  }
  const objectFormat = lastValue(config, 'extensions.objectformat') ?? 'sha1';
  if (objectFormat.toLowerCase() !== 'sha1') {
    return {
      what: `objects are ${objectFormat}, expected sha1`,
      hint: 'use a repository made with git init --object-format=sha1',
    };
  }
  const refStorage = lastValue(config, 'extensions.refstorage') ?? 'files';
  if (refStorage.toLowerCase() !== 'files') {
    return {
      what: `refs are stored as ${refStorage}, expected files`,
      hint: 'convert it with git refs migrate --ref-format=files',
    };
  }
  if (isPartialClone(config)) {
    return { what: 'a partial clone, some objects are missing', hint: 'clone again without --filter' };
  }
  const unknown = version === '1' ? config.find((entry) => isUnknownExtension(entry)) : undefined;
  if (unknown === undefined) return null;
  return { what: `unknown ${unknown.key}`, hint: 'use a newer maven-git' };
}

function isPartialClone(config: readonly ConfigEntry[]): boolean {
  return config.some(
    ({ key, value }) =>
      key === 'extensions.partialclone' ||
      (key.startsWith('remote.') && key.endsWith('.promisor') && isTrue(value)) ||
      (key.startsWith('remote.') && key.endsWith('.partialclonefilter')),
  );
}

function isUnknownExtension({ key }: ConfigEntry): boolean {
  if (!key.startsWith('extensions.')) return false;
  const name = key.slice('extensions.'.length);
  return !harmlessExtensions.has(name) && name !== 'objectformat' && name !== 'refstorage';
}
