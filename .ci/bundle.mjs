// Bundles the command line: one file a command loads in a third of the time of the hundreds its packages have.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bundle = await rolldown({
  cwd: root,
  input: { 'maven-git': 'dist/src/cli/main.js' },
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
