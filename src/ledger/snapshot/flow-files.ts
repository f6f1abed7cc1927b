import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { readFlowFile } from '../../../parsers/flow-archive.js';
import { type FlowRecord, formatFlows } from '../../../parsers/flows.js';
import { flowsPath } from '../../../parsers/paths.js';
import type { CommitBase } from '../../git/commit.js';
import { orInputInvalid } from '../input.js';
import { type AskedFlows, type MatchedFlows, matchFlows } from './match-flows.js';

/** The lines of flows that a commit holds, month by month. */
export interface FlowFiles {
  /**
   * Every line of the months from one time to another, of all sources; and why they may not be all.
   *
   * @param from - canonical time; null = from the first file on.
   */
  between(
    from: string | null,
    to: string,
  ): Promise<{ readonly flows: readonly FlowRecord[]; readonly fault: string | null }>;
  /**
   * Finds what is new among the flows that the exchange told, and lays it into the files.
   *
   * @param told - of the account that was asked for.
   */
  add(told: readonly FlowRecord[], asked: AskedFlows): Promise<AddedFlows>;
  /** Lays lines at the end of the file of their month. */
  append(lines: readonly FlowRecord[]): Promise<ReadonlyMap<string, Buffer>>;
}

export interface AddedFlows extends MatchedFlows {
  readonly files: ReadonlyMap<string, Buffer>;
}

interface Month {
  readonly bytes: Buffer;
  readonly flows: readonly FlowRecord[];
  readonly fault: string | null;
}

const FOLDER = `${ARTIFACTS_ROOT}/flows`;

/** Opens the flows of a commit; each file is read once. */
export function openFlowFiles(base: CommitBase): FlowFiles {
  const months = new Map<string, Promise<Month>>();
  const read = (path: string): Promise<Month> => {
    const known = months.get(path) ?? readMonth(base, path);
    months.set(path, known);
    return known;
  };
  const between: FlowFiles['between'] = async (from, to) => {
    const first = from === null ? '' : flowsPath(from);
    const last = flowsPath(to);
    const paths = (await listYears(base, from, to)).filter((path) => path >= first && path <= last);
    const found = await Promise.all(paths.map(read));
    return {
      flows: found.flatMap(({ flows }) => flows),
      fault: found.find(({ fault }) => fault !== null)?.fault ?? null,
    };
  };
  const append: FlowFiles['append'] = async (lines) => {
    const files = new Map<string, Buffer>();
    for (const [path, added] of byMonth(lines)) {
      const { bytes } = await read(path);
      files.set(
        path,
        appended(
          bytes,
          orInputInvalid('flow', () => formatFlows(added)),
        ),
      );
    }
    return files;
  };
  return {
    between,
    append,
    async add(told, asked) {
      const times = [asked.to, ...told.map(({ occurredAt }) => occurredAt)];
      const last = times.reduce((left, right) => (left > right ? left : right));
      const matched = matchFlows(told, (await between(asked.from, last)).flows, asked);
      return { ...matched, files: await append([...matched.fresh, ...matched.disputes]) };
    },
  };
}

function byMonth(flows: readonly FlowRecord[]): ReadonlyMap<string, readonly FlowRecord[]> {
  const months = new Map<string, FlowRecord[]>();
  for (const flow of flows) {
    const path = flowsPath(flow.occurredAt);
    const month = months.get(path);
    if (month === undefined) months.set(path, [flow]);
    else month.push(flow);
  }
  return months;
}

async function readMonth(base: CommitBase, path: string): Promise<Month> {
  const bytes = await base.read(path);
  if (bytes === null) return { bytes: Buffer.alloc(0), flows: [], fault: null };
  const { lines, fault } = readFlowFile(bytes, path);
  return { bytes, flows: lines, fault };
}

async function listYears(base: CommitBase, from: string | null, to: string): Promise<readonly string[]> {
  if (from === null) return base.list(FOLDER);
  const paths: string[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    paths.push(...(await base.list(`${FOLDER}/${String(year).padStart(4, '0')}`)));
  return paths;
}

/** A last line that somebody left without its end is not joined to the next. */
function appended(bytes: Buffer, lines: string): Buffer {
  const open = bytes.length > 0 && bytes.at(-1) !== 0x0a;
  return Buffer.concat([bytes, Buffer.from(open ? `\n${lines}` : lines)]);
}
