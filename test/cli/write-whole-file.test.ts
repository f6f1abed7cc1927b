import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseUnwritable, writeWholeFile } from '../../src/cli/write-whole-file.js';
import { removeFolder } from '../support/remove-folder.js';

describe('a page or picture', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-whole-'));
    mkdirSync(path.join(folder, '.moha/maven'), { recursive: true });
  });
  afterEach(() => removeFolder(folder));

  it('replaces an older one and leaves nothing beside it', async () => {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, 'old');
    await writeWholeFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['.moha', 'report.html']);
  });

  it('never takes the place of an artifact, nor of what a link leads to there', async () => {
    const artifact = path.join(folder, '.moha/maven/identity.json');
    writeFileSync(artifact, '{}');
    symlinkSync(artifact, path.join(folder, 'link.html'));
    for (const file of [
      artifact,
      path.join(folder, '.moha/maven/new.html'),
      path.join(folder, 'link.html'),
    ]) {
      await expect(refuseUnwritable(file)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
      await expect(writeWholeFile(file, 'x')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    }
    expect(readFileSync(artifact, 'utf8')).toBe('{}');
  });
});
