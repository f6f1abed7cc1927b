const PATIENCE_MS = 15_000;

/** Cuts an input down as far as it still fails (delta debugging): first large parts, then single bytes. */
export async function minimise(bytes: Buffer, fails: (bytes: Buffer) => Promise<boolean>): Promise<Buffer> {
  const deadline = performance.now() + PATIENCE_MS;
  let small = bytes;
  for (
    let length = Math.ceil(bytes.length / 2);
    length >= 1;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  ) {
    for (let at = 0; at < small.length; ) {
      if (performance.now() > deadline) return small;
      const smaller = Buffer.concat([small.subarray(0, at), small.subarray(at + length)]);
      if (await fails(smaller)) small = smaller;
      else at += length;
    }
  }
  return small;
}
