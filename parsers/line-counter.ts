/**
 * Makes a function that tells the line of an offset in a text.
 *
 * Indexed at the first call and searched by halves, so that any order of calls stays cheap on any text.
 *
 * @param firstLine - number of the text's first line.
 */
export function lineCounter(text: string, firstLine = 1): (offset: number) => number {
  let newlines: readonly number[] | null = null;
  return (offset) => {
    newlines ??= newlinesOf(text);
    let low = 0;
    let high = newlines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((newlines[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return firstLine + low;
  };
}

/**
 * As {@link lineCounter}, for offsets that only grow: counts on from the last one and keeps nothing, whatever the size
 * of the text.
 */
export function growingLineCounter(text: string): (offset: number) => number {
  let counted = 0;
  let line = 1;
  return (offset) => {
    for (; counted < offset; counted += 1) {
      if (text.charCodeAt(counted) === 10) line += 1;
    }
    return line;
  };
}

function newlinesOf(text: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) offsets.push(at);
  return offsets;
}
