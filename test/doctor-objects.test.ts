import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openContext } from '../src/context.js';
import type { CheckResult } from '../src/doctor/check.js';
import { checkObjects } from '../src/doctor/check-objects.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

describe('the object store, as doctor sees it', () => {
  let place: TestRepository;
  let objects: string;
  beforeEach(() => {
    place = createTestRepository();
    place.git('config', 'maintenance.auto', 'true');
    place.commit({ file: 'text\n' });
    objects = path.join(place.folder, '.git/objects');
  });
  afterEach(() => place.remove());

  async function look(env: Readonly<Record<string, string>> = {}): Promise<CheckResult> {
    const context = await openContext({ repo: place.folder, env });
    return checkObjects(context).finally(() => context.close());
  }
  /** Only names are counted. */
  const makeLoose = (perFolder: number): void => {
    for (let folder = 0; folder < 256; folder++) {
      const target = path.join(objects, folder.toString(16).padStart(2, '0'));
      mkdirSync(target, { recursive: true });
      for (let n = 0; n < perFolder; n++) writeFileSync(path.join(target, `${n}`.padStart(38, '0')), '');
    }
  };
  /** The head of a pack's index that says it has so many objects. */
  const makeIndex = (name: string, count: number): void => {
    const head = Buffer.alloc(8 + 256 * 4);
    head.writeUInt32BE(0xff744f63, 0);
    head.writeUInt32BE(2, 4);
    head.writeUInt32BE(count, head.length - 4);
    mkdirSync(path.join(objects, 'pack'), { recursive: true });
    writeFileSync(path.join(objects, 'pack', `pack-${name}.idx`), head);
  };

  it('is well with few loose objects and a pack', async () => {
    makeIndex('a', 999_999);
    expect(await look()).toEqual({ state: 'ok', detail: '3 loose objects, 1 packs', mend: null });
  });

  it('warns of many loose objects, and why git does not pack them by itself', async () => {
    makeLoose(79);
    const mend = 'git maintenance run; git maintenance start does so every hour';
    expect(await look()).toEqual({
      state: 'warning',
      detail: '20,227 loose objects, 0 packs: reading slows down',
      mend,
    });
    place.git('config', 'gc.auto', '0');
    expect((await look()).detail).toContain('; gc.auto is 0, so nothing packs them by itself');
    place.git('config', 'maintenance.auto', 'off');
    expect((await look()).detail).toContain('; maintenance.auto is false, so nothing packs them by itself');
    expect((await look({ MAVEN_NATIVE_GIT: 'off' })).detail).toContain('; without native git nothing');
    writeFileSync(path.join(place.folder, '.git/gc.log'), 'fatal: bad object\nmore\n');
    expect((await look()).detail).toContain('; git gc has failed: fatal: bad object (');
  });

  it('warns of many packs', async () => {
    for (let n = 0; n <= 50; n++) makeIndex(`p${n}`, 1);
    expect(await look()).toMatchObject({ state: 'warning', mend: 'git gc' });
  });

  it('warns of a long history without a commit-graph that knows changed paths, until git has written one', async () => {
    makeIndex('long', 1_000_001);
    const missing = {
      state: 'warning',
      detail:
        '3 loose objects, 1 packs of 1,000,001 objects, no commit-graph that knows which commit changed which file: ' +
        'history of one file is read some ten times as slowly',
      mend: 'git commit-graph write --reachable --changed-paths; once written so, git gc keeps it up to date',
    };
    expect(await look()).toEqual(missing);
    place.git('commit-graph', 'write', '--reachable');
    expect(await look()).toEqual(missing);
    place.git('commit-graph', 'write', '--reachable', '--changed-paths');
    expect((await look()).state).toBe('ok');
    rmSync(path.join(objects, 'info/commit-graph'), { force: true });
    place.git('commit-graph', 'write', '--reachable', '--split');
    expect(await look()).toEqual(missing);
    rmSync(path.join(objects, 'info/commit-graphs'), { recursive: true });
    place.git('commit-graph', 'write', '--reachable', '--split', '--changed-paths');
    expect((await look()).state).toBe('ok');
  });
});
