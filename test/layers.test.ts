import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error plain JavaScript, so that it runs without a build
import { checkLayers } from '../.ci/check-layers.mjs';
import { removeFolder } from './support/remove-folder.js';

const check = checkLayers as (root: string) => readonly string[];

describe('layers', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'maven-layers-'));
    for (const folder of ['src/git', 'src/cli', 'src/projection', 'parsers'])
      mkdirSync(path.join(root, folder), { recursive: true });
  });
  afterEach(() => removeFolder(root));

  it('holds in this project', () => {
    expect(check(path.resolve(import.meta.dirname, '..'))).toEqual([]);
  });

  it.each([
    ['src/git/a.ts', "import { x } from '../projection/b.js';", 'src/git may not know src/projection'],
    ['src/cli/a.ts', "const x = await import('../git/b.js');", 'src/cli may not know src/git'],
    ['src/projection/a.ts', "export * from '../ledger/b.js';", 'src/projection may not know src/ledger'],
    ['src/projection/a.ts', "import type { Kysely } from 'kysely';", 'this package belongs to src/db'],
    ['src/git/a.ts', "import 'left-pad';", 'this package has no owner folder'],
    ['parsers/a.ts', "import fs from 'node:fs';", 'parsers are pure'],
    ['parsers/a.ts', "import { MavenError } from '../src/errors.js';", 'parsers may not know base'],
    ['src/git/a.ts', "import x from '../../test/b.js';", 'outside the source'],
  ])('finds %s with %s', (file, text, fault) => {
    writeFileSync(path.join(root, file), `${text}\n`);
    expect(check(root)).toEqual([expect.stringContaining(fault)]);
  });
});
