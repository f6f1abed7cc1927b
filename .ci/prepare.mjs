// Installs and builds what is missing or out of date, so that `npm start` and `npm test` work on a fresh clone.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`maven-git needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and try again.`);
  process.exit(1);
}

step('node_modules/.maven-installed', 'installing packages', ['package-lock.json'], ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
step('dist/.maven-built', 'building', ['tsconfig.json', 'package.json', '.ci/bundle.mjs', '.ci/pack-postgres.mjs', 'src', 'parsers', 'test'], ['run', '--silent', 'build']);

/** Runs npm when the inputs are not those of the last run; the stamp is written only after it succeeded. */
function step(stampFile, what, inputs, npmArguments) {
  const stamp = path.join(root, stampFile);
  const digest = digestOf(inputs);
  if (readMaybe(stamp) === digest) return;
  const started = Date.now();
  process.stdout.write(`maven-git: ${what} ...\n`);
  try {
    execFileSync('npm', npmArguments, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  } catch {
    console.error(`maven-git: ${what} failed; see above`);
    process.exit(1);
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  process.stdout.write(`maven-git: ${what} took ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function digestOf(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(path.join(root, input))) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesOf(place) {
  try {
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [place];
  }
}

function readMaybe(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
