const MAINNET_HOST = 'api.hyperliquid.xyz';
const TESTNET_HOST = 'api.hyperliquid-testnet.xyz';

/** The exchange's name in snapshots, flows and `state/`. */
export const HYPERLIQUID = 'hyperliquid';

/**
 * Names the upstream that an API address stands for. What two names hold never mixes: no baseline, flow or watermark of
 * one is used for the other.
 *
 * @returns `hyperliquid` for mainnet, `hyperliquid-testnet`, and for any other host `hyperliquid@<host>`: nobody can tell
 *   which exchange answers there. The port is no part of it, since that of a stand-in changes with each start.
 */
export function sourceOfApi(apiUrl: string): string {
  const { hostname } = new URL(apiUrl);
  if (hostname === MAINNET_HOST) return HYPERLIQUID;
  if (hostname === TESTNET_HOST) return `${HYPERLIQUID}-testnet`;
  const safe = hostname
    .replace(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 100);
  return `${HYPERLIQUID}@${safe === '' ? 'host' : safe}`;
}
