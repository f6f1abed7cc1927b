const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/**
 * A span of time in words, in its largest unit and the next: `3 d 4 h`.
 *
 * @param seconds - whole, from 0.
 */
export function durationText(seconds: number): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const [size, unit] of STEPS) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    // The next unit or none: 1 d 0 h 5 min is `1 d`.
    if (whole > 0) parts.push(`${whole} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
