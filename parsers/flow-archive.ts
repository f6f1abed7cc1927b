import { type FlowRecord, parseFlows } from './flows.js';
import { flowsPath } from './paths.js';
import { decodeArtifact } from './text.js';

/** One file of flows as it was read. */
export interface FlowFile {
  readonly path: string;
  readonly lines: readonly FlowRecord[];
  /** Why these may not be all, a clause; null = they are. */
  readonly fault: string | null;
}

/** Every line of the flow files of one revision. */
export interface FlowArchive {
  readonly lines: readonly FlowRecord[];
  /**
   * Why the flows of a stretch of time may not all be known; null = they are.
   *
   * @param from - canonical time; null = from the first file on.
   */
  faultBetween(from: string | null, to: string): string | null;
}

/** Reads one file of flows. @param path - its name tells the month. */
export function readFlowFile(bytes: Uint8Array, path: string): FlowFile {
  const decoded = decodeArtifact(bytes, path);
  const { records, problems } = parseFlows(decoded.text, path);
  const error = [...decoded.problems, ...problems].find(({ severity }) => severity === 'error');
  return {
    path,
    lines: records.map(({ record }) => record),
    // A line that cannot be read may be the deposit that makes a profit.
    fault:
      error === undefined ? null : `${path} is not readable as a whole: ${error.code} in line ${error.line}`,
  };
}

/** Puts files together. */
export function flowArchive(files: readonly FlowFile[]): FlowArchive {
  return {
    lines: files.flatMap(({ lines }) => lines),
    faultBetween: (from, to) => {
      const [first, last] = [from === null ? '' : flowsPath(from), flowsPath(to)];
      return files.find(({ path, fault }) => fault !== null && path >= first && path <= last)?.fault ?? null;
    },
  };
}
