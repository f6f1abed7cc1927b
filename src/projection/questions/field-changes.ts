/** A record as text by field; null = not known. */
export type RecordFields = Readonly<Record<string, string | null>>;

/** What one revision says differently from the one before. */
export interface FieldChange {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** @returns in the order of the fields of `after`; text is compared, so that `1.5` and `1.50` differ. */
export function fieldChanges(
  before: RecordFields,
  after: RecordFields,
  ignored: ReadonlySet<string> = new Set(),
): readonly FieldChange[] {
  return Object.entries(after)
    .filter(([field, value]) => !ignored.has(field) && (before[field] ?? null) !== value)
    .map(([field, value]) => ({ field, old: before[field] ?? null, new: value }));
}
