import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Maintenance, startMaintenance } from '../../src/git/maintenance.js';
import { openRepository } from '../../src/git/repository.js';
import { maven } from '../support/cli.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

const AWAY = { MAVEN_DATABASE_URL: 'postgres://127.0.0.1:1/none' };

/** Texts whose blobs all fall into the folder that git counts. */
function textsInOneFolder(count: number): readonly string[] {
  const texts: string[] = [];
  for (let n = 0; texts.length < count; n++) {
    const text = `${n}\n`;
    if (createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex').startsWith('17'))
      texts.push(text);
  }
  return texts;
}

describe('maintenance after commits', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
    // So that native git does not tidy up behind the test's back.
    place.git('config', 'maintenance.auto', 'false');
  });
  afterEach(() => place.remove());

  const commitLoose = (count: number): void => {
    place.commit(Object.fromEntries(textsInOneFolder(count).map((text, n) => [`file-${n}`, text])));
    place.git('config', '--unset', 'maintenance.auto');
  };
  const maintain = async (nativeGit = true): Promise<Maintenance> =>
    startMaintenance(await openRepository(place.folder, { nativeGit }));
  const packs = (): readonly string[] =>
    readdirSync(path.join(place.folder, '.git/objects/pack')).filter((name) => name.endsWith('.pack'));
  const untilPacked = async (): Promise<void> => {
    while (packs().length === 0) await sleep(20);
  };

  it('is not needed where few objects are loose', async () => {
    expect(await maintain()).toBe('not needed');
    commitLoose(26);
    expect(await maintain()).toBe('not needed');
  });

  it('packs what many commits have left, in the background of the next one', async () => {
    const run = (...args: readonly string[]) => maven(args, { cwd: place.folder, env: AWAY });
    expect(await run('init')).toMatchObject({ exitCode: 0 });
    commitLoose(30);
    expect(packs()).toEqual([]);
    const recorded = await run('record', 'event', '--type', 'NOTE', '--text', 'one more');
    expect(recorded).toMatchObject({ exitCode: 0 });
    await untilPacked();
    expect(place.git('log', '--format=%s').trim().split('\n')).toHaveLength(3);
    place.git('fsck', '--strict');
  });

  it('keeps what a commit has just written, whatever gc.pruneExpire says', async () => {
    commitLoose(30);
    place.git('config', 'gc.pruneExpire', 'now');
    // So that the lock is there until all is done.
    place.git('config', 'gc.autoDetach', 'false');
    writeFileSync(path.join(place.folder, 'new.txt'), 'nothing points at this yet\n');
    const written = place.git('hash-object', '-w', 'new.txt').trim();
    expect(await maintain()).toBe('started');
    await untilPacked();
    while (existsSync(path.join(place.folder, '.git/objects/maintenance.lock'))) await sleep(20);
    expect(place.git('cat-file', '-t', written).trim()).toBe('blob');
  });

  it('is left alone where git is told to, or is not there', async () => {
    commitLoose(30);
    expect(await maintain(false)).toBe('no native git');
    place.git('config', 'maintenance.auto', 'false');
    expect(await maintain()).toBe('switched off');
    expect(packs()).toEqual([]);
    place.git('config', 'maintenance.auto', 'true');
    expect(await maintain()).toBe('started');
    await untilPacked();
  });
});
