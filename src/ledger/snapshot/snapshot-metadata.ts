import { type JsonText, readJsonObject } from '../../../parsers/json-text.js';
import { PNL_WINDOWS, type PnlWindow } from '../../../parsers/snapshot.js';
import type { CrossCheck } from './cross-check.js';
import type { WindowPnl } from './pnl.js';
import type { AccountMoment } from './read-moment.js';

/**
 * What a snapshot says beyond its fields: how the account is kept, its parts, the returns in percent, why parts are
 * missing, and how the numbers compare with the exchange's own.
 *
 * @see parsers/FORMATS.md#snapshot
 */
export function snapshotMetadata(
  moment: AccountMoment,
  windows: Readonly<Record<PnlWindow, WindowPnl>>,
  checks: readonly CrossCheck[],
): JsonText {
  const { account, failures, portfolio } = moment;
  const { parts } = account;
  const document = {
    mode: account.mode,
    parts: {
      perps: parts.perps.map(({ dex, accountValueUsd }) => ({ dex, account_value_usd: accountValueUsd })),
      spot_usd: parts.spotUsd,
      vaults_usd: parts.vaultsUsd,
      ...(parts.stakingUsd === '0' ? {} : { staking_usd: parts.stakingUsd }),
    },
    unpriced: account.unpriced,
    pnl_pct: Object.fromEntries(PNL_WINDOWS.map((window) => [window, windows[window].pct])),
    failures: failures.map(({ part, message }) => ({ part, message })),
    cross_check:
      'failed' in portfolio
        ? { failed: portfolio.failed }
        : {
            compared: checks.map(({ what, oursUsd, exchangeUsd, differenceUsd, beyond }) => ({
              what,
              ours_usd: oursUsd,
              exchange_usd: exchangeUsd,
              difference_usd: differenceUsd,
              beyond_tolerance: beyond,
            })),
          },
  };
  const json = readJsonObject(JSON.stringify(document));
  if (!('json' in json))
    throw new Error(`the metadata of a snapshot cannot be written: ${json.fault.message}`);
  return json.json;
}
