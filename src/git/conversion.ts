import { join, posix } from 'node:path';
import { MavenError } from '../errors.js';
import { type AttributeSource, attributesOf, mentionsConversion } from './attributes.js';
import type { Disk } from './disk.js';
import { expandHome, outerAttributeFiles, outerConfigFiles } from './environment.js';
import { type ConfigEntry, isTrue, lastValue, parseGitConfig } from './git-config.js';
import { runGit } from './native-git.js';
import { type Repository, readRepositoryConfig } from './repository.js';
import { artifactsFolder } from './revision.js';

const conversions = ['filter', 'ident', 'working-tree-encoding'] as const;

/**
 * Refuses paths whose bytes git would change between working tree and object (clean filters such as LFS, `ident`, other
 * encodings): committed as they are they would show as modified for ever, here or in another clone.
 *
 * A quick look at the attribute files is enough almost always; only where one speaks of such a thing is native git asked,
 * or its rules worked out here.
 *
 * @param committed - reads an attribute file of the parent commit, for a bare repository.
 * @throws {@link MavenError} COMMIT_UNSAFE naming the path and the attribute.
 */
export async function assertNoConversion(
  disk: Disk,
  repo: Repository,
  paths: readonly string[],
  committed: (path: string) => Promise<Buffer | null>,
): Promise<void> {
  const folders = foldersAbove(paths);
  const { workTree } = repo;
  const inTree =
    workTree === null ? await committedSources(folders, committed) : sourcesInTree(disk, workTree, folders);
  const sources = withOuterSources(disk, repo, inTree);
  if (!mentionsConversion(sources)) return;
  const found =
    repo.nativeGit && repo.workTree !== null
      ? await askGit(repo, paths)
      : paths.map((path) => ({ path, attributes: attributesOf(sources, path) }));
  for (const { path, attributes } of found) {
    const name = conversions.find((candidate) => converts(candidate, attributes.get(candidate)));
    if (name === undefined) continue;
    throw new MavenError(
      'COMMIT_UNSAFE',
      `git attributes give ${path} ${name}=${String(attributes.get(name))}`,
      {
        hint: `add a last line to .gitattributes: ${artifactsFolder}/** -text -filter -ident -working-tree-encoding`,
        data: { path, attribute: name },
      },
    );
  }
}

/** Tells whether git would check a file out with CRLF, so that such a working file is no edit. */
export function convertsLineEnds(disk: Disk, repo: Repository, path: string): boolean {
  const inTree = repo.workTree === null ? [] : sourcesInTree(disk, repo.workTree, foldersAbove([path]));
  const attributes = attributesOf(withOuterSources(disk, repo, inTree), path);
  const text = attributes.get('text') ?? attributes.get('crlf');
  if (text === false) return false;
  return (
    text !== undefined || attributes.has('eol') || isTrue(lastValue(allConfig(disk, repo), 'core.autocrlf'))
  );
}

function converts(name: (typeof conversions)[number], value: string | boolean | undefined): boolean {
  // A filter or encoding must be named to do anything; `ident` is on or off.
  return name === 'ident' ? value === true : typeof value === 'string';
}

async function askGit(repo: Repository, paths: readonly string[]) {
  const { stdout } = await runGit(repo, ['check-attr', '-z', '--stdin', ...conversions], {
    input: paths.map((path) => `${path}\0`).join(''),
  });
  const fields = stdout.toString('utf8').split('\0');
  const found = new Map<string, Map<string, string | boolean>>(paths.map((path) => [path, new Map()]));
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', name = '', value = ''] = fields.slice(at, at + 3);
    if (value !== 'unspecified')
      found.get(path)?.set(name, value === 'set' || (value === 'unset' ? false : value));
  }
  return [...found].map(([path, attributes]) => ({ path, attributes }));
}

async function committedSources(
  folders: readonly string[],
  committed: (path: string) => Promise<Buffer | null>,
): Promise<readonly AttributeSource[]> {
  const sources: AttributeSource[] = [];
  for (const folder of folders) {
    const text = await committed(posix.join(folder, '.gitattributes'));
    if (text !== null) sources.push({ folder, text: text.toString('utf8') });
  }
  return sources;
}

function sourcesInTree(disk: Disk, workTree: string, folders: readonly string[]): readonly AttributeSource[] {
  return folders.flatMap((folder) => readSource(disk, folder, join(workTree, folder, '.gitattributes')));
}

/** Lowest precedence first. */
function withOuterSources(
  disk: Disk,
  repo: Repository,
  inTree: readonly AttributeSource[],
): readonly AttributeSource[] {
  const configured = lastValue(allConfig(disk, repo), 'core.attributesfile');
  const [system = '', user = ''] = outerAttributeFiles();
  return [
    ...readSource(disk, '', system),
    ...readSource(disk, '', configured ? expandHome(configured) : user),
    ...inTree,
    ...readSource(disk, '', join(repo.commonDir, 'info', 'attributes')),
  ];
}

function readSource(disk: Disk, folder: string, file: string): readonly AttributeSource[] {
  const text = disk.readFile(file)?.toString('utf8');
  return text === undefined ? [] : [{ folder, text }];
}

/** Every folder on the way to the paths, outermost first, the root as `''`. */
function foldersAbove(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>(['']);
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort((a, b) => a.length - b.length);
}

function allConfig(disk: Disk, repo: Repository): readonly ConfigEntry[] {
  const outer = outerConfigFiles().flatMap((file) =>
    parseGitConfig(disk.readFile(file)?.toString('utf8') ?? ''),
  );
  return [...outer, ...readRepositoryConfig(disk, repo)];
}
