/** The arguments that were given: the library tells an option that is absent from one that is undefined. */
export function given<T extends Readonly<Record<string, unknown>>>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
