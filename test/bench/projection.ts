import type { Bench } from './bench.js';
import type { Run } from './measure.js';
import { dropDatabase, exportRows, loadRows, newDatabase, settle } from './reference-load.js';

/**
 * Rebuild of an empty Postgres, which verifies itself, against `psql \copy` of the same rows, ready-made as text, into
 * the same indexed tables; verify against the rebuild.
 */
export async function benchProjection(bench: Bench): Promise<void> {
  const { serverUrl, folder, options } = bench.around;
  const repository = await bench.repository();
  const count = options.size.trades.toLocaleString('en-US');
  const what = `rebuild of an empty Postgres, verified, ${count} trades`;
  const copies = bench.has('psql', what);
  const [rebuilds, verifies, loads]: [Run[], Run[], Run[]] = [[], [], []];
  for (let i = 0; i < options.runs; i++) {
    const database = await newDatabase(serverUrl);
    const env = { MAVEN_DATABASE_URL: database };
    await settle(database);
    rebuilds.push(await bench.maven(repository, ['reconcile'], env));
    await settle(database);
    verifies.push(await bench.maven(repository, ['verify'], env));
    if (copies) loads.push(await loadRows(database, await exportRows(database, folder)));
    await dropDatabase(serverUrl, database);
  }
  if (copies)
    bench.row(
      { id: 'rebuild', what, against: 'psql \\copy of the same rows', goal: 1 },
      { left: rebuilds, right: loads },
    );
  bench.row(
    { id: 'verify', what: `verify, full, ${count} trades`, against: 'the rebuild', goal: 0.7 },
    { left: verifies, right: rebuilds },
  );
}
