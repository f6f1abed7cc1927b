import { LRUCache } from 'lru-cache';

/** Texts with an end of life, in this process. */
export interface MemoryStore {
  /** @returns undefined = there is none, or it is too old. */
  get(key: string): string | undefined;
  set(key: string, value: string, ttlSeconds: number): void;
}

const MAX_ENTRIES = 1_000;
/** UTF-16 units take two bytes: some 32 MiB. */
const MAX_UNITS = 16 * 1_048_576;

/** Makes a store that is bounded in entries and in size; a value larger than all of it is not kept. */
export function createMemoryStore(): MemoryStore {
  const kept = new LRUCache<string, string>({
    max: MAX_ENTRIES,
    maxSize: MAX_UNITS,
    sizeCalculation: (value, key) => value.length + key.length + 1,
  });
  return {
    get: (key) => kept.get(key),
    set: (key, value, ttlSeconds) => {
      kept.set(key, value, { ttl: ttlSeconds * 1000 });
    },
  };
}
