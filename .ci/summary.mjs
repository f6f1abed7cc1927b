// Prints the last line of .ci/run from the test runner's JSON report; fails when nothing ran, failed or was skipped.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  passed = report.numPassedTests;
  skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  // A file that could not even be loaded holds no test that failed, but it failed.
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed')).length;
  failed = report.numFailedTests + brokenFiles;
} catch (error) {
  console.error(`no test report: ${error.message}`);
  failed = 1;
}
const noSkipping = process.env.CI === 'true' && skipped > 0;
if (noSkipping) console.error('in CI nothing may be skipped');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 || noSkipping ? 1 : 0;
