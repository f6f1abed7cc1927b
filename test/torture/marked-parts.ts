/**
 * Puts text between `<!-- begin NAME -->` and `<!-- end NAME -->`.
 *
 * @throws Error when the marks are not there.
 */
export function withPart(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page has lost the lines '${begin}' and '${end}'`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}
