import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { MavenError } from '../../../src/errors.js';
import { attributesOf, mentionsConversion } from '../../../src/git/attributes.js';
import { readBlobs } from '../../../src/git/blobs.js';
import { invalidateCacheTree } from '../../../src/git/cache-tree.js';
import { parseBatch } from '../../../src/git/cat-file.js';
import { type Disk, nodeDisk } from '../../../src/git/disk.js';
import { isTrue, lastValue, parseGitConfig } from '../../../src/git/git-config.js';
import { editIndex } from '../../../src/git/index-edit.js';
import {
  entriesNamed,
  entryAt,
  nameAt,
  nameInTheWay,
  parseIndex,
  sha1,
} from '../../../src/git/index-file.js';
import { loadJournal } from '../../../src/git/journal.js';
import { hashObject, looseObjectFile, readLooseObject } from '../../../src/git/loose-object.js';
import { parseCommit, parseTree } from '../../../src/git/object-format.js';
import { readHead, readRef } from '../../../src/git/refs.js';
import { openRepository } from '../../../src/git/repository.js';
import { resolveRevision } from '../../../src/git/revision.js';
import { listArtifacts } from '../../../src/git/tree.js';
import { removeFolder } from '../../support/remove-folder.js';
import { type FuzzTarget, must } from '../target.js';

/** What git hands out may be anything; what comes of it is an answer or an error with a code. */
function refusedByName(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
  }
}

const PATHS = [`${ARTIFACTS_ROOT}/identity.json`, `${ARTIFACTS_ROOT}/trades/2026/2026-01-14.jsonl`, 'a'];
const OID = 'a'.repeat(40);

/** Entries are found, and one is put in and taken out again, without any other changing. */
function checkIndex(bytes: Buffer): void {
  refusedByName(() => {
    const index = parseIndex(bytes, 'index');
    for (let entry = 0; entry + 1 < index.starts.length; entry += 1) {
      must(nameAt(index, entry).length < bytes.length, 'a name longer than the file');
      entryAt(index, entry);
    }
    for (const name of PATHS) {
      entriesNamed(index, name);
      nameInTheWay(index, name);
    }
    const racy = { indexMtimeNs: 0n, differs: () => false };
    const added = { oid: OID, mode: '100644' };
    const edits = [{ path: `${ARTIFACTS_ROOT}/personas/new.md`, from: null, to: added, stat: null }];
    const edited = editIndex(index, edits, racy);
    if (edited.bytes !== null) {
      const again = parseIndex(edited.bytes, 'index');
      must(again.starts.length === index.starts.length + 1, 'an index with another number of entries');
    }
  });
}

/** The checksum is the first thing that a flipped bit breaks; behind it stands what is to be tried. */
function withChecksum(bytes: Buffer): Buffer {
  const content = bytes.subarray(0, Math.max(0, bytes.length - 20));
  return Buffer.concat([content, sha1(content)]);
}

async function checkBatch(bytes: Buffer): Promise<void> {
  const [first = 0] = bytes;
  const chunk = 1 + (first % 60);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  try {
    for await (const answers of parseBatch(chunks(), 64 * 1024))
      for (const { object } of answers)
        must(object === null || object.bytes.length <= 64 * 1024, 'an object longer than the limit');
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
  }
}

/** A disk on which every file holds the same bytes. */
function diskOf(bytes: Buffer, readable: (file: string) => boolean = () => true): Disk {
  const stat = nodeDisk.lstat(import.meta.filename);
  return {
    ...nodeDisk,
    readFile: (file) => (readable(file) ? bytes : null),
    lstat: (file) => (readable(file) ? stat : null),
  };
}

const objects: readonly Buffer[] = [
  Buffer.from(`tree ${OID}\nparent ${OID}\nauthor A <a@b> 1768400000 +0000\n\nmessage\n`),
  Buffer.concat([
    Buffer.from('100644 a.md\0'),
    Buffer.alloc(20, 7),
    Buffer.from('40000 b\0'),
    Buffer.alloc(20, 8),
  ]),
  Buffer.from('120000 link\0aaaaaaaaaaaaaaaaaaaa'),
];

const CONFIG = `[core]\n\trepositoryformatversion = 0\n\tautocrlf = "in\\"put" ; no\n[remote "or\\"igin"]\n\turl = a\\\n b\n[merge "x"]\n\tdriver\n`;

/** A repository's folder, and which of its files the fuzzer writes. */
interface Victim {
  readonly dir: string;
  readonly files: readonly string[];
}

let victim: Victim | undefined;

/** A repository with loose and packed objects, packed refs and an index; made once a process. */
function makeVictim(): Victim {
  if (victim !== undefined) return victim;
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'maven-git-fuzz-')));
  process.once('exit', () => removeFolder(dir));
  const git = (...args: readonly string[]): void => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  git('init', '--quiet', '--initial-branch=main');
  for (const round of [1, 2]) {
    for (const file of PATHS.slice(0, 2)) {
      mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(dir, file), `{"round":${round}}\n${'{"v":1}\n'.repeat(200)}`);
    }
    git('add', '--all');
    git('commit', '--quiet', '--message', `${round}`);
    if (round === 1) git('gc', '--quiet');
  }
  git('pack-refs', '--all');
  const packs = readdirSync(path.join(dir, '.git/objects/pack')).map((name) => `objects/pack/${name}`);
  const loose = readdirSync(path.join(dir, '.git/objects'))
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .flatMap((name) =>
      readdirSync(path.join(dir, '.git/objects', name)).map((file) => `objects/${name}/${file}`),
    );
  victim = { dir, files: ['HEAD', 'packed-refs', 'index', 'config', ...packs, ...loose] };
  return victim;
}

/** Which file is written is told by the first byte; the rest is its content. */
const inputOf = (file: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([file]), content]);

async function readEverything(dir: string, native: boolean): Promise<void> {
  try {
    const repository = await openRepository(dir, { nativeGit: native });
    const head = await resolveRevision(repository);
    if (head === null || head.artifactsTree === null) return;
    const entries = (await listArtifacts(repository, head.artifactsTree)).filter(
      ({ mode }) => mode === '100644',
    );
    for await (const { bytes } of readBlobs(repository, entries))
      must(bytes.length < 1 << 20, 'a blob that nobody committed');
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
  }
}

export const GIT_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'index',
    extension: 'bin',
    seeds: () => [readFileSync(path.join(makeVictim().dir, '.git/index'))],
    check: (bytes) => {
      checkIndex(bytes);
      checkIndex(withChecksum(bytes));
      if (bytes.length >= 20) checkIndex(Buffer.concat([bytes.subarray(0, -20), Buffer.alloc(20)]));
    },
  },
  {
    name: 'cat-file',
    extension: 'bin',
    seeds: () => [
      Buffer.from(`${OID} blob 5\nhello\n${OID} missing\n${OID} tree 0\n\n${OID} commit 3\nabc\n`),
    ],
    check: checkBatch,
  },
  {
    name: 'git-object',
    extension: 'bin',
    seeds: () => objects,
    check: (bytes) => {
      refusedByName(() => {
        const length = parseTree(bytes).reduce((sum, { name }) => sum + name.length, 0);
        must(length <= bytes.length, 'names longer than their tree');
      });
      refusedByName(() => parseCommit(bytes));
      invalidateCacheTree(bytes, PATHS);
      const oid = hashObject('blob', bytes);
      for (const file of [bytes, deflateSync(bytes)])
        refusedByName(() => readLooseObject(diskOf(file), 'objects', oid));
      const sound = deflateSync(Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]));
      must(
        readLooseObject(diskOf(sound), 'objects', oid)?.bytes.equals(bytes) === true,
        'a loose object is read otherwise',
      );
      must(looseObjectFile('o', oid).length === 43, 'a name of another length');
    },
  },
  {
    name: 'git-text',
    extension: 'txt',
    seeds: () =>
      [
        CONFIG,
        '* text=auto\n*.md -text diff=x\n[attr]bin -diff\n"a b" eol=lf !text\n',
        `# pack-refs with: peeled fully-peeled sorted \n${OID} refs/heads/main\n^${OID}\n`,
        'ref: refs/heads/main\n',
        `{"version":1,"id":"a","gitDir":"g","workTree":null,"ref":null,"parent":null,"commit":"${OID}","files":[],"reflog":"x"}\n`,
      ].map((text) => Buffer.from(text)),
    check: (bytes) => {
      const text = bytes.toString('utf8');
      const config = parseGitConfig(text);
      isTrue(lastValue(config, 'core.autocrlf'));
      attributesOf([{ folder: '', text }], PATHS[0] ?? '');
      mentionsConversion([{ folder: '', text }]);
      const folders = { gitDir: '/nowhere/g', commonDir: '/nowhere/g' };
      refusedByName(() => readHead(diskOf(bytes), folders));
      refusedByName(() =>
        readRef(
          diskOf(bytes, (file) => file.endsWith('packed-refs')),
          folders,
          'refs/heads/main',
        ),
      );
      refusedByName(() => loadJournal(diskOf(bytes), folders));
    },
  },
  {
    name: 'repository',
    extension: 'bin',
    seeds: () => {
      const { dir, files } = makeVictim();
      return files.map((file, number) => inputOf(number, readFileSync(path.join(dir, '.git', file))));
    },
    check: async (bytes) => {
      const { dir, files } = makeVictim();
      const file = path.join(dir, '.git', files[(bytes[0] ?? 0) % files.length] ?? 'HEAD');
      const [before, kept] = [readFileSync(file), `${file}.kept`];
      cpSync(file, kept, { preserveTimestamps: true });
      try {
        writeAnew(file, bytes.subarray(1));
        await readEverything(dir, false);
        await readEverything(dir, true);
      } finally {
        writeAnew(file, before);
        removeFolder(kept);
      }
    },
  },
];

/** Objects and packs are written read-only. */
function writeAnew(file: string, bytes: Buffer): void {
  removeFolder(file);
  writeFileSync(file, bytes);
}
