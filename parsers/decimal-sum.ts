import { fractionLength, scaleDecimal, unscaleDecimal } from './decimal-arithmetic.js';

/** An exact sum that grows value by value: several times as quick as adding texts. */
export interface DecimalSum {
  /** @param sign - -1 takes the value away. */
  add(value: string, sign?: 1 | -1): void;
  /**
   * Adds unscaled / 10^scale, for whoever has read the digits already.
   *
   * @param unscaled - a safe integer: whole numbers up to 2^53 are exact in a double.
   * @param places - fraction digits of the value as it is written, at least `scale`.
   */
  addUnscaled(unscaled: number, scale: number, places: number): void;
  /** As many fraction digits as the longest value had; `0` when there was none. */
  readonly total: string;
}

/** Begins a sum at zero. */
export function decimalSum(): DecimalSum {
  let unscaled = 0n;
  let scale = 0;
  /** By scale, what has not been added to the sum yet: safe integers all. */
  const waiting: number[] = [];
  const widen = (places: number): void => {
    if (places <= scale) return;
    unscaled *= 10n ** BigInt(places - scale);
    scale = places;
  };
  const addWaiting = (places: number): void => {
    unscaled += BigInt(waiting[places] ?? 0) * 10n ** BigInt(scale - places);
    waiting[places] = 0;
  };
  return {
    add(value, sign = 1) {
      widen(fractionLength(value));
      const scaled = scaleDecimal(value, scale);
      unscaled = sign === 1 ? unscaled + scaled : unscaled - scaled;
    },
    addUnscaled(value, valueScale, places) {
      widen(places);
      const sum = (waiting[valueScale] ?? 0) + value;
      if (!Number.isSafeInteger(sum)) {
        addWaiting(valueScale);
        waiting[valueScale] = value;
      } else {
        waiting[valueScale] = sum;
      }
    },
    get total() {
      for (const places of waiting.keys()) addWaiting(places);
      return unscaleDecimal(unscaled, scale);
    },
  };
}
