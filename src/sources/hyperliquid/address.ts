import { MavenError } from '../../errors.js';

const ADDRESS = /^0x[0-9a-f]{40}$/;

/**
 * Checks the account's address before anything is sent: the exchange answers a wrong one with an empty account.
 *
 * @param text - `0x` and 40 hex digits in any case; the checksum in the case of the letters is not checked.
 * @returns the address in lower case, as the exchange spells it.
 * @throws MavenError CONFIG_INVALID naming `HYPERLIQUID_ADDRESS` and what is wrong with it.
 */
export function checkAddress(text: string | undefined): string {
  const address = (text ?? '').trim().toLowerCase();
  if (ADDRESS.test(address)) return address;
  throw new MavenError('CONFIG_INVALID', `HYPERLIQUID_ADDRESS: ${faultOf(address)}`, {
    hint: 'set HYPERLIQUID_ADDRESS to the address of the account itself, 0x and 40 hex digits; not a key, not an agent',
    data: { variable: 'HYPERLIQUID_ADDRESS' },
  });
}

/** The value itself is not shown: whoever pastes a private key here must not find it in a log. */
function faultOf(address: string): string {
  if (address === '') return 'is missing';
  if (!address.startsWith('0x'))
    return `expected 0x and 40 hex digits, got ${address.length} characters without 0x`;
  const digits = address.slice(2);
  if (/[^0-9a-f]/.test(digits)) return 'expected 0x and 40 hex digits, got other characters among them';
  if (digits.length === 64)
    return 'expected 0x and 40 hex digits, got 64: this looks like a private key or a hash';
  return `expected 0x and 40 hex digits, got ${digits.length}`;
}
