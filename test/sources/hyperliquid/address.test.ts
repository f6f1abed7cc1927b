import { describe, expect, it } from 'vitest';
import { checkAddress } from '../../../src/sources/hyperliquid/address.js';
import { openHyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';

const KEY = `0x${'ab'.repeat(32)}`;

describe('HYPERLIQUID_ADDRESS', () => {
  it('is taken in any case, with space around it', () => {
    expect(checkAddress(' 0xDFC24B077bc1425ad1dea75bcb6f8158e10df303\n')).toBe(
      '0xdfc24b077bc1425ad1dea75bcb6f8158e10df303',
    );
  });

  it.each([
    [undefined, 'HYPERLIQUID_ADDRESS: is missing'],
    ['', 'HYPERLIQUID_ADDRESS: is missing'],
    [
      'dfc24b077bc1425ad1dea75bcb6f8158e10df303',
      'HYPERLIQUID_ADDRESS: expected 0x and 40 hex digits, got 40 characters without 0x',
    ],
    ['0xdfc2', 'HYPERLIQUID_ADDRESS: expected 0x and 40 hex digits, got 4'],
    [
      `0x${'g'.repeat(40)}`,
      'HYPERLIQUID_ADDRESS: expected 0x and 40 hex digits, got other characters among them',
    ],
    [
      KEY,
      'HYPERLIQUID_ADDRESS: expected 0x and 40 hex digits, got 64: this looks like a private key or a hash',
    ],
  ])('%j is refused before anything is sent', (address, message) => {
    const open = (): unknown =>
      openHyperliquid({
        address,
        apiUrl: 'https://api.hyperliquid.xyz',
        clock: () => new Date(),
        warn: () => undefined,
        fetch: () => Promise.reject(new Error('nothing may be sent')),
      });
    expect(open).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message }));
    expect(open).not.toThrow(KEY);
  });
});
