import type { MergePieces, Piece } from './merge-pieces.js';
import { eventSections } from './session-log.js';
import { readTime } from './time.js';
import { trimSpaceEnd } from './trim.js';

/** Cuts a session log into its events; what stands before the first is the preamble. */
export function logPieces(text: string): MergePieces {
  const sections = eventSections(text, () => {});
  const seen = new Map<string, number>();
  const pieces = sections.map(({ start, end }): Piece => {
    const section = text.slice(start, end);
    const heading = section.slice(0, section.indexOf('\n'));
    const ordinal = seen.get(heading) ?? 0;
    seen.set(heading, ordinal + 1);
    return {
      key: `${heading} (${ordinal})`,
      content: trimSpaceEnd(section),
      text: section,
      time: readTime(heading.slice(heading.indexOf('[') + 1, heading.indexOf(']')))?.time ?? null,
    };
  });
  return { preamble: text.slice(0, sections[0]?.start ?? text.length), pieces };
}
