/** Ends a text's last line: where two texts are put together, a missing end would glue two records into one. */
export function finalNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
