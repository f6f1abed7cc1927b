import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSessionLog } from '../parsers/session-log.js';
import { type Context, openContext } from '../src/context.js';
import { sql } from '../src/db/sql.js';
import { recoveryDrill } from '../src/index.js';
import { DAY_ONE, DECISION_PATH, decision, ledger, trade } from './projection/fixtures.js';
import { createServerDatabase } from './support/databases.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const LOG = '.moha/maven/session_log.md';

describe('the recovery drill', () => {
  let place: TestRepository;
  let server: Awaited<ReturnType<typeof createServerDatabase>>;
  let context: Context;
  beforeEach(async () => {
    place = createTestRepository();
    place.commit({ [DAY_ONE]: ledger(trade(1), trade(2)), [DECISION_PATH]: decision() });
    server = await createServerDatabase();
    context = await openContext({ repo: place.folder, env: { MAVEN_DATABASE_URL: server.url } });
  });
  afterEach(async () => {
    await context.close();
    await server.drop();
    place.remove();
  });

  const events = () =>
    parseSessionLog(place.git('show', `HEAD:${LOG}`), LOG).records.map(({ record }) => record);

  it('gets every row back from a fresh clone, whichever Postgres the live one is, and writes that down', async () => {
    const before = place.git('rev-parse', 'HEAD').trim();
    const outcome = await recoveryDrill(context);
    expect(outcome).toMatchObject({ revision: before, rows: 3, published: { status: 'projected' } });
    const [event] = events();
    expect(event?.eventType).toBe('RECOVERY_DRILL');
    expect(JSON.parse(event?.metadata ?? '')).toMatchObject({
      revision: before,
      rows: 3,
      sha256: outcome.sha256,
      live_sha256: outcome.sha256,
    });
    // Again, with the event of the first among the rows.
    expect(await recoveryDrill(context)).toMatchObject({ rows: 4 });
  });

  it('fails, and writes that down too, where the live database holds something else', async () => {
    await recoveryDrill(context);
    await (await context.database()).withSession(async ({ db }) => {
      await sql`update maven_trades set fees_usd = 5 where external_trade_id = '1'`.execute(db);
    });
    await expect(recoveryDrill(context)).rejects.toMatchObject({ code: 'PROJECTION_UNPROVEN' });
    expect(events().map(({ eventType }) => eventType)).toEqual(['RECOVERY_DRILL', 'RECOVERY_DRILL_FAILED']);
  });
});
