import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { type FlowRecord, flowKey, formatFlows, parseFlows } from '../../../parsers/flows.js';
import { flowsPath } from '../../../parsers/paths.js';
import { decodeArtifact } from '../../../parsers/text.js';
import type { CommitBase } from '../../git/commit.js';
import { orInputInvalid } from '../input.js';

/** The flows that a commit holds, month by month. */
export interface FlowFiles {
  /**
   * Every flow of the months from one time to another, of all sources; and why they may not be all.
   *
   * @param from - canonical time; null = from the first file on.
   */
  between(
    from: string | null,
    to: string,
  ): Promise<{ readonly flows: readonly FlowRecord[]; readonly fault: string | null }>;
  /** Leaves out what the commit has, and lays the rest into its files. */
  add(flows: readonly FlowRecord[]): Promise<AddedFlows>;
}

export interface AddedFlows {
  readonly fresh: readonly FlowRecord[];
  readonly files: ReadonlyMap<string, Buffer>;
  /** Flows that the exchange now tells otherwise than git has them. */
  readonly changed: readonly FlowRecord[];
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
  return {
    async between(from, to) {
      const first = from === null ? '' : flowsPath(from);
      const last = flowsPath(to);
      const paths = (await listYears(base, from, to)).filter((path) => path >= first && path <= last);
      const found = await Promise.all(paths.map(read));
      return {
        flows: found.flatMap(({ flows }) => flows),
        fault: found.find(({ fault }) => fault !== null)?.fault ?? null,
      };
    },
    async add(flows) {
      const byPath = new Map<string, FlowRecord[]>();
      for (const flow of flows) {
        const path = flowsPath(flow.occurredAt);
        const before = byPath.get(path);
        if (before === undefined) byPath.set(path, [flow]);
        else before.push(flow);
      }
      const files = new Map<string, Buffer>();
      const fresh: FlowRecord[] = [];
      const changed: FlowRecord[] = [];
      for (const [path, candidates] of byPath) {
        const month = await read(path);
        const known = new Map(month.flows.map((flow) => [flowKey(flow), flow]));
        const missing = candidates.filter((flow) => !known.has(flowKey(flow)));
        changed.push(...candidates.filter((flow) => differs(flow, known.get(flowKey(flow)))));
        if (missing.length === 0) continue;
        fresh.push(...missing);
        files.set(
          path,
          appended(
            month.bytes,
            orInputInvalid('flow', () => formatFlows(missing)),
          ),
        );
      }
      return { fresh, files, changed };
    },
  };
}

async function readMonth(base: CommitBase, path: string): Promise<Month> {
  const bytes = await base.read(path);
  if (bytes === null) return { bytes: Buffer.alloc(0), flows: [], fault: null };
  const decoded = decodeArtifact(bytes, path);
  const { records, problems } = parseFlows(decoded.text, path);
  const error = [...decoded.problems, ...problems].find(({ severity }) => severity === 'error');
  return {
    bytes,
    flows: records.map(({ record }) => record),
    // A line that cannot be read may be the deposit that makes a profit.
    fault:
      error === undefined ? null : `${path} is not readable as a whole: ${error.code} in line ${error.line}`,
  };
}

async function listYears(base: CommitBase, from: string | null, to: string): Promise<readonly string[]> {
  if (from === null) return base.list(FOLDER);
  const paths: string[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    paths.push(...(await base.list(`${FOLDER}/${String(year).padStart(4, '0')}`)));
  return paths;
}

function differs(flow: FlowRecord, known: FlowRecord | undefined): boolean {
  return (
    known !== undefined &&
    (known.amountUsd !== flow.amountUsd || known.classification !== flow.classification)
  );
}

/** A last line that somebody left without its end is not joined to the next. */
function appended(bytes: Buffer, lines: string): Buffer {
  const open = bytes.length > 0 && bytes.at(-1) !== 0x0a;
  return Buffer.concat([bytes, Buffer.from(open ? `\n${lines}` : lines)]);
}
