import { FORMAT_VERSION } from '../projection/format-version.js';
import { type Check, failure, notSetUp, ok, unlessAway, warning } from './check.js';
import { MOHA_GRANTS_HINT } from './grants.js';

export const checkDatabase: Check = async (context) => {
  const { schemaState } = await import('../db/migrator.js');
  const { sql } = await import('../db/sql.js');
  const database = await context.database();
  return database.withSession(async (session) => {
    const { rows } = await sql<{ version: string; creates: string }>`
      select current_setting('server_version') as version,
        has_schema_privilege(current_schema(), 'create')::text as creates`.execute(session.db);
    const place = `${database.description}, Postgres ${rows[0]?.version.split(' ')[0]}`;
    const state = await schemaState(session);
    if (rows[0]?.creates !== 'true')
      return failure(
        `${place}: the role may not create tables`,
        'maven-git doctor --print-grants prints the SQL for one that may',
      );
    if (state === 'current') return ok(place);
    const what = {
      none: 'holds nothing of ours yet',
      behind: 'is of an older version',
      damaged: 'has lost tables',
    };
    return warning(`${place}: ${what[state]}`, 'maven-git reconcile');
  });
};

export const checkProjection: Check = unlessAway(async (context) => {
  const { status } = await import('../projection/status.js');
  const { projection, problems } = await status(context.repository, await context.database());
  if (projection === null) return warning('nothing is projected yet', 'maven-git reconcile');
  const at = projection.revision.slice(0, 12);
  if (!projection.current) {
    const behind = projection.behindBy === null ? 'a commit that is not in this history' : at;
    return warning(`the tables mirror ${behind}, not HEAD`, 'maven-git reconcile');
  }
  if (problems.errors > 0)
    return warning(`at HEAD, faults in the artifacts: ${problems.errors}`, 'maven-git verify names each');
  return ok(`at HEAD (${at}), format ${FORMAT_VERSION}; whether rows differ tells maven-git verify`);
});

export const checkUpstream: Check = async ({ config }) => {
  const { connection } = config.moha;
  if (connection === null) return notSetUp("MoHa's Postgres: no trades are synced", 'set MOHA_DATABASE_URL');
  const { openMoha } = await import('../sources/moha/open-moha.js');
  const warnings: string[] = [];
  const moha = await openMoha(
    { ...config.moha, connection },
    { requireReadOnlyRole: false, warn: (message) => warnings.push(message) },
  );
  try {
    const rows = await moha.withSnapshot(async (snapshot) => {
      warnings.push(...snapshot.warnings);
      return snapshot.estimate();
    });
    const [first] = warnings;
    if (first !== undefined) return warning(first, MOHA_GRANTS_HINT);
    return ok(`${moha.description}: some ${rows.toLocaleString('en-US')} rows, a role that can only read`);
  } finally {
    await moha.close();
  }
};

export const checkRedis: Check = async ({ config }) => {
  if (config.redis === null)
    return notSetUp(
      'Redis: cache and limit of requests are kept by each process for itself',
      'set REDIS_URL',
    );
  const { openRedisLink } = await import('../cache/redis-link.js');
  const warnings: string[] = [];
  const link = await openRedisLink(config.redis, (message) => warnings.push(message));
  try {
    const started = performance.now();
    const answer = await link.attempt((client) => client.ping());
    if (answer !== null) return ok(`answers in ${Math.max(1, Math.round(performance.now() - started))} ms`);
    return warning(
      warnings[0] ?? 'Redis does not answer',
      'start it, or correct REDIS_URL; all works without, slower',
    );
  } finally {
    link.close();
  }
};

export const checkExchange: Check = async ({ config, clock }) => {
  const { address } = config.hyperliquid;
  if (address === undefined)
    return notSetUp('Hyperliquid: no snapshots are taken', 'set HYPERLIQUID_ADDRESS=0x...');
  const { openHyperliquid, refuseNoAccount } = await import('../sources/hyperliquid/open-hyperliquid.js');
  const warnings: string[] = [];
  const exchange = openHyperliquid({
    ...config.hyperliquid,
    clock,
    warn: (message) => warnings.push(message),
    timeoutMs: 4000,
  });
  const role = await exchange.role();
  refuseNoAccount(role, exchange.address);
  const [first] = warnings;
  if (first !== undefined) return warning(first, 'set HYPERLIQUID_API_URL to an https address');
  return ok(`${exchange.address} is known at ${exchange.apiUrl}`);
};
