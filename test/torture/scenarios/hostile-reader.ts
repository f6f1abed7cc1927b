/**
 * Reads every hostile file as the projection does, in a process of its own whose memory can be told:
 * `node hostile-reader.js MARK`. Prints one JSON document.
 */
import { artifactKind } from '../../../parsers/artifact.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { loadProjector } from '../../../src/projection/projector.js';
import { hostileFiles } from './hostile-files.js';

/** What the reader tells. */
export interface HostileReading {
  readonly files: number;
  readonly slowestMs: number;
  readonly slowest: string;
  /** Of the whole process, at its highest. */
  readonly peakMiB: number;
  readonly faults: readonly string[];
}

const faults: string[] = [];
let [slowestMs, slowest] = [0, ''];
const files = hostileFiles(process.argv[2] ?? '');
for (const { path, text } of files) {
  const kind = artifactKind(path);
  if (kind === null) continue;
  const project = await loadProjector(kind);
  const before = process.cpuUsage();
  try {
    const decoded = decodeArtifact(Buffer.from(text), path);
    project(decoded.text, path);
  } catch (error) {
    faults.push(`${path}: ${String(error)}`);
  }
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1000 > slowestMs) [slowestMs, slowest] = [(user + system) / 1000, path];
  if (({} as { polluted?: unknown }).polluted !== undefined) faults.push(`${path}: a prototype was changed`);
}
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const reading: HostileReading = {
  files: files.length,
  slowestMs: Math.round(slowestMs),
  slowest,
  peakMiB,
  faults,
};
console.log(JSON.stringify(reading));
