import { createHash } from 'node:crypto';
import type { Report } from '../../index.js';
import { shortText } from '../output/safe-text.js';
import { calendar } from './calendar.js';
import { charts } from './charts.js';
import { checks, origin, verdict } from './checks.js';
import { decisions } from './decisions.js';
import { definitions } from './definitions.js';
import { foreign, html, trusted } from './html.js';
import { keyFigures } from './key-figures.js';
import { styleSheet } from './styles.js';
import { groupTables, openTrades } from './tables.js';

/**
 * Writes the report as one page that needs nothing else: no script, no font, no picture from anywhere, which its own
 * policy forbids too.
 *
 * @returns the text of the file.
 */
export async function reportPage(report: Report): Promise<string> {
  const name = shortText(report.name ?? 'Maven', 60);
  const style = styleSheet();
  // The style sheet is named by its hash: any other, also one in an attribute, does nothing.
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="maven-git">
<title>${name}: trading report, ${report.asked_at.slice(0, 10)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${foreign(name)}<small>Trading report</small></h1>
${origin(report)}
${verdict(report)}
</header>
<main>${keyFigures(report)}${await charts(report)}${calendar(report)}${groupTables(report)}${decisions(report)}${openTrades(report)}${checks(report)}</main>
<footer>${definitions(report)}</footer>
</body>
</html>
`;
  return page.text;
}
