import type { Progress, ReportProgress } from '../../index.js';
import type { CliIo } from '../io.js';
import { count } from './table.js';

const SILENT_MS = 1000;
const BAR_INTERVAL_MS = 200;
const PLAIN_INTERVAL_MS = 5000;

/** Shows how far a long piece of work is, on stderr. */
export interface ProgressDisplay {
  readonly report: ReportProgress;
  /** Clears the bar, so that what follows starts on a clean line. */
  stop(): void;
}

interface Bar {
  start(total: number, done: number, payload: { phase: string }): void;
  update(done: number, payload?: { phase: string }): void;
  stop(): void;
}

/** A bar on a terminal, plain lines elsewhere; nothing at all for what takes less than a second. */
export async function createProgress(io: CliIo, silent: boolean): Promise<ProgressDisplay> {
  if (silent) return { report: () => undefined, stop: () => undefined };
  return io.stderr.isTTY === true ? terminalProgress(io) : plainProgress(io);
}

async function terminalProgress(io: CliIo): Promise<ProgressDisplay> {
  const { default: progress } = await import('cli-progress');
  let bar: Bar | null = null;
  let shown = '';
  const hide = (): void => {
    bar?.stop();
    bar = null;
  };
  return everySoOften(SILENT_MS, BAR_INTERVAL_MS, hide, (now) => {
    if (now.phase !== shown) hide();
    shown = now.phase;
    if (bar === null) {
      const format = now.total > 0 ? '  {phase} [{bar}] {value}/{total}' : '  {phase} ...';
      bar = new progress.SingleBar({
        format,
        stream: io.stderr as NodeJS.WriteStream,
        clearOnComplete: true,
      });
      bar.start(now.total, now.done, { phase: now.phase });
    }
    bar.update(now.done, { phase: now.phase });
  });
}

function plainProgress(io: CliIo): ProgressDisplay {
  let shown = '';
  return everySoOften(
    SILENT_MS,
    PLAIN_INTERVAL_MS,
    () => undefined,
    ({ phase, done, total }) => {
      const line = total > 0 ? `  ${phase}: ${count(done)} of ${count(total)}` : `  ${phase} ...`;
      if (line === shown || (total > 0 && done === total)) return;
      shown = line;
      io.stderr.write(`${line}\n`);
    },
  );
}

/** Shows the latest report by a timer of its own: a long silent step must show too, a short one must not. */
function everySoOften(
  firstMs: number,
  intervalMs: number,
  hide: () => void,
  show: (progress: Progress) => void,
): ProgressDisplay {
  let latest: Progress | null = null;
  let timer: NodeJS.Timeout | null = null;
  const tick = (): void => {
    if (latest !== null) show(latest);
    timer = setTimeout(tick, intervalMs).unref();
  };
  return {
    report: (progress) => {
      latest = progress;
      timer ??= setTimeout(tick, firstMs).unref();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      latest = null;
      hide();
    },
  };
}
