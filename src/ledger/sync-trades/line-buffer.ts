/** Lines are joined to bytes by so many: a line in the making is a tree of text pieces, fifty times its size. */
const LINES_A_PIECE = 500;

/** Collects whole lines outside the heap. */
export interface LineBuffer {
  add(line: string): void;
  /** Everything that was added. */
  bytes(): Buffer;
}

export function lineBuffer(): LineBuffer {
  const pieces: Buffer[] = [];
  let lines: string[] = [];
  const seal = (): void => {
    if (lines.length > 0) pieces.push(Buffer.from(lines.join('')));
    lines = [];
  };
  return {
    add(line) {
      lines.push(line);
      if (lines.length >= LINES_A_PIECE) seal();
    },
    bytes() {
      seal();
      return Buffer.concat(pieces);
    },
  };
}
