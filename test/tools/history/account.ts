/** The one account of the story. */
export const ACCOUNT = {
  source: 'hyperliquid',
  account: '0x00000000000000000000000000000000c0ffee01',
} as const;
