import { MavenError } from '../../errors.js';
import { GRANTS } from './upstream-error.js';
import type { FoundTable } from './upstream-table.js';

export interface WriteAccessOptions {
  readonly description: string;
  /** Refuse a role that could write instead of warning of it. */
  readonly requireReadOnlyRole: boolean;
  readonly warn: (message: string) => void;
}

/**
 * Warns of a role that could write to `bot_trades`: what keeps us from it then is this program alone.
 *
 * @throws {@link MavenError} UPSTREAM_WRITABLE instead, when a read-only role is required.
 */
export function checkWriteAccess(table: FoundTable, options: WriteAccessOptions): void {
  if (table.writeAccess.length === 0) return;
  const message = `${options.description}: the role could write to bot_trades: it ${table.writeAccess.join(', ')}`;
  if (!options.requireReadOnlyRole) {
    options.warn(`${message}; ${GRANTS}`);
    return;
  }
  throw new MavenError('UPSTREAM_WRITABLE', message, {
    hint: GRANTS,
    data: { upstream: options.description, access: table.writeAccess },
  });
}
