#!/usr/bin/env node
import { preparedHelp } from './prepared-help.js';

const help = preparedHelp(process.argv.slice(2), process.stdout.columns);
if (help === null) {
  await import('./main.js');
} else {
  // A reader that leaves early (`maven-git --help | head -1`) is no fault.
  process.stdout.on('error', () => undefined);
  process.stdout.write(help);
}
