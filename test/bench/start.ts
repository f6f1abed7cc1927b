import { type Bench, bareNode } from './bench.js';
import { inTurn, runProcess } from './measure.js';

/** What every command begins with. */
export async function benchStart(bench: Bench): Promise<void> {
  const help = () => runProcess(process.execPath, [bench.around.program, '--help']);
  bench.row(
    { id: 'help', what: 'maven-git --help', against: 'bare start of node', goal: 2 },
    await inTurn(bench.around.options.runs * 3, help, bareNode),
  );
}
