import { pathText } from '../path-text.js';

/** One path that differs between two trees. */
export interface RawChange {
  readonly path: string;
  /** Null = not there before. */
  readonly oldOid: string | null;
  /** Null = deleted. */
  readonly newOid: string | null;
  readonly newMode: string;
}

/**
 * Parses what `git diff --raw -z --no-renames --no-abbrev` prints; several of them may follow each other.
 *
 * @param output - one character a byte (latin1).
 */
export function parseRawDiff(output: string): readonly RawChange[] {
  const fields = output.split('\0');
  const changes: RawChange[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, newMode = '', oldOid = '', newOid = ''] = (fields[i] ?? '').replace(/^:/, '').split(' ');
    changes.push({
      path: pathText(fields[i + 1] ?? ''),
      oldOid: present(oldOid),
      newOid: present(newOid),
      newMode,
    });
  }
  return changes;
}

function present(oid: string): string | null {
  return /^0+$/.test(oid) ? null : oid;
}
