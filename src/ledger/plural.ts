/** `1 flow`, `2 flows`: for messages and subjects of commits. */
export function plural(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
