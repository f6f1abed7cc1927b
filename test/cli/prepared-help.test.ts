import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { preparedHelp } from '../../src/cli/prepared-help.js';

const root = path.resolve(import.meta.dirname, '../..');
const run = (program: string): string =>
  execFileSync(process.execPath, [path.join(root, 'dist', program), '--help'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });

describe('the help that the build writes down', () => {
  it('is what the program lays out', () => {
    expect(run('bin/maven-git.js')).toBe(run('src/cli/main.js'));
  });

  it('is not taken where something else is asked, or in a width of its own', () => {
    expect(preparedHelp(['reconcile', '--help'], undefined)).toBeNull();
    expect(preparedHelp([], undefined)).toBeNull();
    expect(preparedHelp(['--help'], 83)).toBeNull();
  });
});
