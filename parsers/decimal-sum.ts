import { fractionLength, scaleDecimal, unscaleDecimal } from './decimal-arithmetic.js';

/** An exact sum that grows value by value: several times as quick as adding texts. */
export interface DecimalSum {
  /** @param sign - -1 takes the value away. */
  add(value: string, sign?: 1 | -1): void;
  /** As many fraction digits as the longest value had; `0` when there was none. */
  readonly total: string;
}

/** Begins a sum at zero. */
export function decimalSum(): DecimalSum {
  let unscaled = 0n;
  let scale = 0;
  return {
    add(value, sign = 1) {
      const places = fractionLength(value);
      if (places > scale) {
        unscaled *= 10n ** BigInt(places - scale);
        scale = places;
      }
      const scaled = scaleDecimal(value, scale);
      unscaled = sign === 1 ? unscaled + scaled : unscaled - scaled;
    },
    get total() {
      return unscaleDecimal(unscaled, scale);
    },
  };
}
