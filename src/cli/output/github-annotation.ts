import type { Finding, MavenError } from '../../index.js';

/** A finding as a workflow command: GitHub shows it on the artifact's line. */
export function githubAnnotation(finding: Finding): string {
  const level = finding.severity === 'error' ? 'error' : 'warning';
  const properties = [
    ...(finding.path === null ? [] : [`file=${property(finding.path)}`, `line=${finding.line ?? 1}`]),
    `title=${property(finding.code)}`,
  ];
  const column =
    finding.column === null
      ? ''
      : ` (${finding.column}: expected ${finding.expected ?? 'nothing'}, found ${finding.actual ?? 'nothing'})`;
  const row = finding.table === null ? '' : `${finding.table} ${finding.key ?? ''}: `;
  return `::${level} ${properties.join(',')}::${data(`${row}${finding.message}${column}; mend: ${finding.mend}`)}`;
}

/** Why it could not be checked, as a workflow command. */
export function errorAnnotation({ code, message, hint }: MavenError): string {
  return `::error title=${property(code)}::${data(`${message}; ${hint}`)}`;
}

/** The runner reads these as line ends and separators, so they are sent as escapes. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
