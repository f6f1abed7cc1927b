// Enforces the layers: arrows point down only, siblings do not know each other, a package has one owner folder.
// Usage: node .ci/check-layers.mjs [folder]
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first pattern that matches a file says which layer it is in, and what it may import from this project. */
const LAYERS = [
  { name: 'src/cli', owns: /^src\/cli\//, may: ['src/index', 'src/mcp', 'src/cli'] },
  { name: 'src/mcp', owns: /^src\/mcp\//, may: ['src/index', 'src/mcp'] },
  { name: 'src/ledger', owns: /^src\/ledger\//, may: ['src/ledger', 'io', 'base', 'parsers'] },
  { name: 'src/projection', owns: /^src\/projection\//, may: ['src/projection', 'io', 'base', 'parsers'] },
  { name: 'src/git', owns: /^src\/git\//, may: ['src/git', 'base', 'parsers'] },
  { name: 'src/db', owns: /^src\/db\//, may: ['src/db', 'base', 'parsers'] },
  { name: 'src/cache', owns: /^src\/cache\//, may: ['src/cache', 'base', 'parsers'] },
  { name: 'src/sources', owns: /^src\/sources\//, may: ['src/sources', 'base', 'parsers'] },
  { name: 'base', owns: /^src\/(errors|config|logger|package-root|progress|process-lock|lock-owner|postgres-connection|postgres-error)\.ts$/, may: ['base', 'parsers'] },
  { name: 'src/index', owns: /^src\/index\.ts$/, may: ['top', 'jobs', 'io', 'base', 'parsers'] },
  { name: 'top', owns: /^src\/([^/]+|doctor\/[^/]+)\.ts$/, may: ['top', 'jobs', 'io', 'base', 'parsers'] },
  { name: 'parsers', owns: /^parsers\//, may: ['parsers'], pure: true },
];

const GROUPS = {
  io: ['src/git', 'src/db', 'src/cache', 'src/sources'],
  jobs: ['src/ledger', 'src/projection'],
};

/**
 * Packages and the folders that own them; a package that is not listed may be used nowhere. Most have one owner. `pg`
 * has two, since an upstream database and the projection are two different things; so has `zod`, which checks what
 * comes in from outside wherever that is.
 */
const OWNERS = {
  'src/cli': ['yargs', 'cli-table3', 'cli-progress', '@inquirer/prompts', 'asciichart', 'vega', 'vega-lite'],
  'src/mcp': ['@modelcontextprotocol/sdk', 'zod'],
  'src/git': ['isomorphic-git'],
  'src/db': ['kysely', 'pg', 'pg-copy-streams', '@electric-sql/pglite'],
  'src/cache': ['ioredis', 'lru-cache', 'rate-limiter-flexible'],
  'src/sources': ['pg', 'pg-copy-streams', 'p-retry', 'zod'],
  parsers: ['gray-matter', 'unified', 'remark-parse', 'yaml', 'mdast'],
};

const IMPORT = /(?:^|[;\s])(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

export function checkLayers(root) {
  const violations = [];
  for (const file of sourceFiles(root)) {
    const layer = LAYERS.find(({ owns }) => owns.test(file));
    if (layer === undefined) {
      violations.push(`${file}: in no layer`);
      continue;
    }
    const allowed = new Set(layer.may.flatMap((name) => GROUPS[name] ?? [name]));
    for (const specifier of importsOf(readFileSync(path.join(root, file), 'utf8'))) {
      const fault = faultOf(file, layer, allowed, specifier);
      if (fault !== null) violations.push(`${file}: imports ${specifier}: ${fault}`);
    }
  }
  return violations;
}

function faultOf(file, layer, allowed, specifier) {
  if (specifier.startsWith('node:')) return layer.pure === true ? 'parsers are pure' : null;
  if (!specifier.startsWith('.')) {
    const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
    const owners = Object.keys(OWNERS).filter((folder) => OWNERS[folder].includes(name));
    if (owners.length === 0) return 'this package has no owner folder';
    return owners.includes(layer.name) ? null : `this package belongs to ${owners.join(' and ')}`;
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).replace(/\.js$/, '.ts');
  const targetLayer = LAYERS.find(({ owns }) => owns.test(target));
  if (targetLayer === undefined) return 'outside the source';
  return allowed.has(targetLayer.name) ? null : `${layer.name} may not know ${targetLayer.name}`;
}

function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2]);
}

function sourceFiles(root) {
  return ['src', 'parsers'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/')),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = checkLayers(path.resolve(process.argv[2] ?? '.'));
  for (const violation of violations) console.error(violation);
  console.log(violations.length === 0 ? 'layers: clean' : `layers: ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
