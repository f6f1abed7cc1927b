import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { compiled } from '../git/support/children.js';
import { removeFolder } from '../support/remove-folder.js';

export interface VictimBundle {
  readonly script: string;
  remove(): void;
}

/**
 * Bundles the victims' script into one file, as the program itself is bundled: it starts in a third of the time, and ten
 * thousand of them are started.
 */
export async function bundleVictim(): Promise<VictimBundle> {
  const input = compiled('torture/victim.js');
  // Below dist, where the packages that stay outside are found.
  const dir = join(input, '..', `bundle-${process.pid}-${Date.now()}`);
  const bundle = await rolldown({
    input: { victim: input },
    platform: 'node',
    external: ['@electric-sql/pglite', 'pg-native'],
    onLog: (level, log, report) => {
      if (log.code !== 'EVAL') report(level, log);
    },
  });
  await bundle.write({ dir, format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return { script: join(dir, 'victim.js'), remove: () => removeFolder(dir) };
}
