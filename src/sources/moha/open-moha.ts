import type { MohaConfig, PostgresConnection } from '../../config.js';
import type { Moha, MohaSnapshot, UpstreamConnection } from './bot-trade.js';
import { guardConnection } from './guarded-connection.js';
import { openSnapshot, type SnapshotOptions } from './moha-snapshot.js';
import { openServerSessions } from './server-sessions.js';
import { checkTimeZone } from './time-zone.js';

export interface MohaOptions {
  /** Refuse a role that could write to `bot_trades` instead of warning of it. */
  readonly requireReadOnlyRole: boolean;
  /** Is told once of each thing that a person should change. */
  readonly warn: (message: string) => void;
}

/**
 * Opens MoHa's Postgres; nothing connects before the first look.
 *
 * @throws `MavenError` CONFIG_INVALID when the time zone does not exist.
 */
export async function openMoha(
  config: MohaConfig & { readonly connection: PostgresConnection },
  options: MohaOptions,
): Promise<Moha> {
  checkTimeZone(config.timeZone);
  const sessions = await openServerSessions(config.connection);
  const { description } = sessions;
  const snapshotOptions = { description, timeZone: config.timeZone, ...warningOnce(options) };
  return {
    description,
    withSnapshot: (work) =>
      sessions.withSession((connection) => lookThrough(connection, snapshotOptions, work)),
    close: () => sessions.close(),
  };
}

/**
 * Reads the same way over a connection that somebody else opened, such as an embedded Postgres.
 *
 * The caller has begun a `REPEATABLE READ READ ONLY` transaction, and ends it; `close` does nothing.
 *
 * @param options - with what to call this upstream in messages, and the zone of times without one.
 * @throws `MavenError` CONFIG_INVALID when the time zone does not exist.
 */
export function mohaOn(
  connection: UpstreamConnection,
  options: MohaOptions & { readonly description: string; readonly timeZone: string },
): Moha {
  checkTimeZone(options.timeZone);
  const { description, timeZone } = options;
  const snapshotOptions = { description, timeZone, ...warningOnce(options) };
  return {
    description,
    withSnapshot: (work) => lookThrough(connection, snapshotOptions, work),
    close: async () => undefined,
  };
}

/** Gives `work` a look through a guarded connection, which is worth nothing afterwards. */
async function lookThrough<T>(
  connection: UpstreamConnection,
  options: SnapshotOptions,
  work: (snapshot: MohaSnapshot) => Promise<T>,
): Promise<T> {
  const guarded = guardConnection(connection, options.description);
  try {
    return await work(await openSnapshot(guarded, options));
  } finally {
    await guarded.end();
  }
}

/** A job that looks every few minutes must not repeat itself. */
function warningOnce({ requireReadOnlyRole, warn }: MohaOptions): MohaOptions {
  const said = new Set<string>();
  return {
    requireReadOnlyRole,
    warn: (message) => {
      if (said.has(message)) return;
      said.add(message);
      warn(message);
    },
  };
}
