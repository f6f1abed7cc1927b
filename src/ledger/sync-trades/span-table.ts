/** More spans than this are not kept: then most of them are not met again. */
const MOST_KEPT = 4096;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

interface Entry<T> {
  readonly hash: number;
  readonly span: Buffer;
  readonly value: T;
}

/**
 * Remembers what was made of a span of bytes: a million rows repeat a few hundred combinations of bot, symbol and side.
 *
 * Looked up without making a text of the bytes, which is what a `Map` would need as its key.
 */
export class SpanTable<T> {
  private readonly entries = new Map<number, Entry<T>[]>();
  private size = 0;
  private latest: Entry<T> | null = null;

  get(bytes: Uint8Array, start: number, end: number): T | undefined {
    if (this.latest !== null && holds(this.latest.span, bytes, start, end)) return this.latest.value;
    const found = this.entries
      .get(hashOf(bytes, start, end))
      ?.find(({ span }) => holds(span, bytes, start, end));
    if (found === undefined) return undefined;
    this.latest = found;
    return found.value;
  }

  set(bytes: Uint8Array, start: number, end: number, value: T): void {
    if (this.size >= MOST_KEPT) {
      this.entries.clear();
      this.size = 0;
    }
    const hash = hashOf(bytes, start, end);
    const entry = { hash, span: Buffer.from(bytes.subarray(start, end)), value };
    const same = this.entries.get(hash);
    if (same === undefined) this.entries.set(hash, [entry]);
    else same.push(entry);
    this.size += 1;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return hash;
}

function holds(span: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (span.length !== end - start) return false;
  for (let at = 0; at < span.length; at += 1) if (span[at] !== bytes[start + at]) return false;
  return true;
}
