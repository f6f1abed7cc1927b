const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/**
 * How long ago a time was, in its largest unit and the next: `3 d 4 h`.
 *
 * @param time - ISO 8601.
 */
export function age(time: string, now: Date): string {
  let seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000));
  const parts: string[] = [];
  for (const [size, unit] of STEPS) {
    const whole = Math.floor(seconds / size);
    if (whole > 0 || (unit === 's' && parts.length === 0)) parts.push(`${whole} ${unit}`);
    seconds -= whole * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}
