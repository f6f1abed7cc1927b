import { MavenError } from '../../errors.js';
import type { AccountSummary } from './snapshot-store.js';
import { asciiLowerCase } from './trade-filter.js';

/**
 * Chooses the account that is meant.
 *
 * @param asked - an address or `feed/address`, in any case; null = the only one there is.
 * @returns null = no account has a snapshot.
 * @throws {@link MavenError} INPUT_INVALID when several fit, RECORD_NOT_FOUND when none does; both list what there is.
 */
export function chooseAccount(
  accounts: readonly AccountSummary[],
  asked: string | null,
): AccountSummary | null {
  if (accounts.length === 0) return null;
  const fitting = asked === null ? accounts : namedSo(accounts, asked);
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  const names = (list: readonly AccountSummary[]): string => list.map(accountName).join(', ');
  if (first === undefined)
    throw new MavenError(
      'RECORD_NOT_FOUND',
      `no snapshot of account ${JSON.stringify(asked)}; there are snapshots of ${names(accounts)}`,
      { hint: 'name one of them with --account', data: { option: 'account', accounts } },
    );
  throw new MavenError(
    'INPUT_INVALID',
    `account: ${fitting.length} accounts have snapshots: ${names(fitting)}`,
    { hint: 'choose one with --account', data: { option: 'account', accounts: fitting } },
  );
}

/** Who fits letter by letter goes before who fits but for case. */
function namedSo(accounts: readonly AccountSummary[], asked: string): readonly AccountSummary[] {
  const fitting = (form: (text: string) => string): readonly AccountSummary[] =>
    accounts.filter((summary) =>
      [summary.account, accountName(summary)].some((name) => form(name) === form(asked)),
    );
  const exact = fitting((text) => text);
  return exact.length > 0 ? exact : fitting(asciiLowerCase);
}

/** `hyperliquid/0x...` */
export function accountName({ feed, account }: Pick<AccountSummary, 'feed' | 'account'>): string {
  return `${feed}/${account}`;
}
