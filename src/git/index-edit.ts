import type { BigIntStats } from 'node:fs';
import { invalidateCacheTree } from './cache-tree.js';
import {
  entriesNamed,
  entryAt,
  type IndexEntry,
  type IndexExtension,
  type IndexFile,
  lowerBound,
  nameAt,
  nameInTheWay,
  sha1,
} from './index-file.js';

/** A file as a tree or the index names it. */
export interface FileState {
  readonly oid: string;
  readonly mode: string;
}

/** One entry on its way from one state to another; null means there is none. */
export interface IndexEdit {
  readonly path: string;
  readonly from: FileState | null;
  readonly to: FileState | null;
  /** The working file when it holds `to`, so that git need not read it again; null when it does not. */
  readonly stat: BigIntStats | null;
}

export interface EditedIndex {
  /** The new file; null when no entry changed. */
  readonly bytes: Buffer | null;
  /** Paths whose entry is neither `from` nor `to`: somebody staged something else. */
  readonly kept: readonly string[];
}

const secondNs = 1_000_000_000n;
const headerSize = 12;
const extendedBit = 0x4000;
const assumeValidBit = 0x8000;
const skipWorktreeBit = 0x4000;
/** Safe to copy though positions shift: they name paths. All others are dropped, git makes them anew. */
const keptExtensions: ReadonlySet<string> = new Set(['REUC', 'TREE', 'UNTR']);

/**
 * What the time of the old index file told git, and the new one would not: an entry whose file was changed in the same
 * second as the index was written, or later, must be compared by content. A second, because most builds of git look no
 * closer.
 */
export interface RacyCheck {
  readonly indexMtimeNs: bigint;
  /** Tells whether the working file of such an entry has changed in a way that its size and second do not show. */
  differs(path: Buffer, entry: IndexEntry, recorded: RecordedStat): boolean;
}

/** What the index remembers of a file. */
export interface RecordedStat {
  readonly mtimeNs: bigint;
  readonly size: number;
}

/**
 * Moves entries of the index from one state to another, where they are still in the first.
 *
 * Every other entry is copied byte for byte, so what a person staged stays staged, on the same paths even.
 */
export function editIndex(index: IndexFile, edits: readonly IndexEdit[], racy: RacyCheck): EditedIndex {
  const kept: string[] = [];
  const replaced = new Map<number, Replacement>();
  let growth = 0;
  let added = false;
  for (const edit of [...edits].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))) {
    const verdict = judge(index, edit);
    if (verdict === 'kept') kept.push(edit.path);
    if (verdict !== 'move') continue;
    const existing = entriesNamed(index, edit.path)[0];
    const place = lowerBound(index, Buffer.from(edit.path));
    const bytes = edit.to === null ? Buffer.alloc(0) : formatEntry(index, edit, place, existing);
    // Several new names may belong before the same old entry; the old one itself comes last.
    const earlier = replaced.get(place)?.bytes ?? Buffer.alloc(0);
    replaced.set(place, {
      end: existing === undefined ? place : place + 1,
      bytes: Buffer.concat([earlier, bytes]),
    });
    growth += (edit.to === null ? 0 : 1) - (existing === undefined ? 0 : 1);
    added ||= existing === undefined;
  }
  if (replaced.size === 0) return { bytes: null, kept };
  const extensions = keepExtensions(index.extensions, edits, added);
  return { bytes: assemble(index, replaced, growth, extensions, racy), kept };
}

/** What stands instead of the entries from a place to an end. */
interface Replacement {
  readonly end: number;
  readonly bytes: Buffer;
}

function judge(index: IndexFile, { path, from, to }: IndexEdit): 'move' | 'same' | 'kept' {
  const entries = entriesNamed(index, path);
  const entry = entries[0];
  if (entry === undefined) {
    if (to === null) return 'same';
    return from === null && nameInTheWay(index, path) === null ? 'move' : 'kept';
  }
  if (entries.length > 1 || entry.stage !== 0) return 'kept';
  // `git add -N` staged a name and no content: there is nothing to lose.
  if (entry.intentToAdd && to === null) return 'same';
  if (entry.intentToAdd) return from === null ? 'move' : 'kept';
  if (isSame(entry, to)) return 'same';
  return isSame(entry, from) ? 'move' : 'kept';
}

function isSame(entry: IndexEntry, state: FileState | null): boolean {
  return state !== null && entry.oid === state.oid && entry.mode === state.mode;
}

function formatEntry(
  index: IndexFile,
  edit: IndexEdit,
  place: number,
  existing: IndexEntry | undefined,
): Buffer {
  const name = Buffer.from(edit.path);
  const oldFlags = existing === undefined ? 0 : index.bytes.readUInt16BE((index.starts[place] ?? 0) + 60);
  const extended = existing?.skipWorktree === true;
  const header = extended ? 64 : 62;
  const bytes = Buffer.alloc((header + name.length + 8) & ~7);
  if (edit.stat !== null) writeStat(bytes, edit.stat);
  bytes.writeUInt32BE(Number.parseInt(edit.to?.mode ?? '0', 8), 24);
  bytes.write(edit.to?.oid ?? '', 40, 'hex');
  const flags = (oldFlags & assumeValidBit) | (extended ? extendedBit : 0) | Math.min(name.length, 0xfff);
  bytes.writeUInt16BE(flags, 60);
  if (extended) bytes.writeUInt16BE(skipWorktreeBit, 62);
  name.copy(bytes, header);
  return bytes;
}

/** The fields by which git knows an unchanged file, each cut to 32 bits as git does. */
function writeStat(bytes: Buffer, stat: BigIntStats): void {
  const fields = [
    stat.ctimeNs / secondNs,
    stat.ctimeNs % secondNs,
    stat.mtimeNs / secondNs,
    stat.mtimeNs % secondNs,
    stat.dev,
    stat.ino,
  ];
  fields.forEach((field, number) => {
    bytes.writeUInt32BE(Number(BigInt.asUintN(32, field)), number * 4);
  });
  bytes.writeUInt32BE(Number(BigInt.asUintN(32, stat.uid)), 28);
  bytes.writeUInt32BE(Number(BigInt.asUintN(32, stat.gid)), 32);
  bytes.writeUInt32BE(Number(BigInt.asUintN(32, stat.size)), 36);
}

/** Puts the index together from as few large pieces as possible: in a large repository it has megabytes. */
function assemble(
  index: IndexFile,
  replaced: ReadonlyMap<number, Replacement>,
  growth: number,
  extensions: readonly Buffer[],
  racy: RacyCheck,
): Buffer {
  const total = index.starts.length - 1;
  const entries = withoutRacySizes(index, racy);
  const header = Buffer.from(entries.subarray(0, headerSize));
  header.writeUInt32BE(total + growth, 8);
  const parts: Buffer[] = [header];
  let copied = headerSize;
  for (const [place, { end, bytes }] of [...replaced].sort(([a], [b]) => a - b)) {
    parts.push(entries.subarray(copied, index.starts[place]), bytes);
    copied = index.starts[end] ?? entries.length;
  }
  parts.push(entries.subarray(copied), ...extensions);
  return Buffer.concat([...parts, sha1(...parts)]);
}

/** Header and entries. Size 0 makes git compare the content, as it does itself when it writes an index. */
function withoutRacySizes(index: IndexFile, racy: RacyCheck): Buffer {
  const entries = index.bytes.subarray(0, index.starts.at(-1));
  const places = racyPlaces(index, entries, racy);
  if (places.length === 0) return entries;
  const copy = Buffer.from(entries);
  for (const place of places) copy.writeUInt32BE(0, (index.starts[place] ?? 0) + 36);
  return copy;
}

function racyPlaces(index: IndexFile, entries: Buffer, racy: RacyCheck): readonly number[] {
  const places: number[] = [];
  const indexSecond = Number(racy.indexMtimeNs / secondNs);
  for (let place = 0; place + 1 < index.starts.length; place++) {
    const start = index.starts[place] ?? 0;
    const second = entries.readUInt32BE(start + 8);
    if (second < indexSecond) continue;
    const mtimeNs = BigInt(second) * secondNs + BigInt(entries.readUInt32BE(start + 12));
    const recorded = { mtimeNs, size: entries.readUInt32BE(start + 36) };
    if (racy.differs(nameAt(index, place), entryAt(index, place), recorded)) places.push(place);
  }
  return places;
}

function keepExtensions(
  extensions: readonly IndexExtension[],
  edits: readonly IndexEdit[],
  added: boolean,
): Buffer[] {
  return extensions.flatMap(({ name, content }) => {
    if (!keptExtensions.has(name)) return [];
    // It lists untracked files by folder; one of them may be tracked now.
    if (name === 'UNTR' && added) return [];
    const paths = edits.map((edit) => edit.path);
    const kept = name === 'TREE' ? invalidateCacheTree(content, paths) : content;
    if (kept === null) return [];
    const header = Buffer.alloc(8);
    header.write(name, 'latin1');
    header.writeUInt32BE(kept.length, 4);
    return [header, kept];
  });
}
