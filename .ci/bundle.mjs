// Bundles the command line: one file a command loads in a third of the time of the hundreds its packages have.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = await rolldown({
  cwd: root,
  input: { 'maven-git': 'dist/src/cli/start.js' },
  platform: 'node',
  // PGlite finds its WebAssembly beside itself; pg-native is optional and absent.
  external: ['@electric-sql/pglite', 'pg-native'],
  onLog: (level, log, report) => {
    // gray-matter's JavaScript engine; the parsers replace it with one that throws, and a test tries to get past it.
    if (log.code !== 'EVAL') report(level, log);
  },
});
await bundle.write({
  dir: 'dist/bin',
  format: 'esm',
  cleanDir: true,
  minify: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});

// The help as it stands, for those who only ask for it: laying it out takes longer than starting node.
const layOut = `
  const { PREPARED_WIDTHS } = await import('./dist/src/cli/prepared-help.js');
  const { runCli } = await import('./dist/src/cli/run.js');
  for (const columns of PREPARED_WIDTHS) {
    await runCli(['--help'], { stdout: { columns }, cwd: '.' }, '');
    console.log('\\0');
  }`;
const env = { ...process.env, LC_ALL: 'C' };
const texts = execFileSync(process.execPath, ['--input-type=module', '--eval', layOut], { cwd: root, env, encoding: 'utf8' }).split('\0\n');
const { PREPARED_WIDTHS } = await import('../dist/src/cli/prepared-help.js');
for (const [i, width] of PREPARED_WIDTHS.entries())
  writeFileSync(path.join(root, `dist/bin/help-${width}.txt`), texts[i]);
