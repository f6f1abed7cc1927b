import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { artifactKind, isIgnoredPath } from '../../parsers/artifact.js';
import { timeInName } from '../../parsers/artifact-name.js';
import { InvalidRecordError } from '../../parsers/invalid-record-error.js';
import * as paths from '../../parsers/paths.js';
import { hostileText, shortText } from '../arbitraries/hostile-text.js';
import { canonicalTime } from '../arbitraries/values.js';

const TIME = '2026-01-14T14:24:08.034126+00:00';

describe('names of artifacts', () => {
  it.each([
    [paths.decisionPath(TIME), '.moha/maven/decisions/decision_20260114_142408.md', 'decision'],
    [paths.decisionPath(TIME, 2), '.moha/maven/decisions/decision_20260114_142408_2.md', 'decision'],
    [
      paths.milestonePath(TIME, 'Git: first!'),
      '.moha/maven/milestones/milestone_20260114_142408_git-first.md',
      'milestone',
    ],
    [paths.insightPath(TIME), '.moha/maven/insights/insight_20260114_142408.md', 'insight'],
    [paths.conversationPath('a1-b2'), '.moha/maven/conversations/a1-b2.jsonl', 'conversation'],
    [paths.personaPath('maven'), '.moha/maven/personas/maven.md', 'persona'],
    [paths.tradesPath(TIME), '.moha/maven/trades/2026/2026-01-14.jsonl', 'trades'],
    [paths.flowsPath(TIME), '.moha/maven/flows/2026/2026-01.jsonl', 'flows'],
    [paths.runsPath(TIME), '.moha/maven/runs/2026/2026-01-14.jsonl', 'runs'],
    [paths.snapshotPath(TIME), '.moha/maven/snapshots/2026/01/snapshot_20260114T142408Z.json', 'snapshot'],
    [paths.metricsPath('hour', '2026-01-14T15'), '.moha/maven/metrics/hour/2026-01-14T15.md', 'metrics'],
    [paths.metricsPath('week', '2026-W03'), '.moha/maven/metrics/week/2026-W03.md', 'metrics'],
    [paths.metricsPath('all_time', 'all_time'), '.moha/maven/metrics/all_time/all_time.md', 'metrics'],
    [paths.statePath('moha@2'), '.moha/maven/state/moha@2.json', 'state'],
    ['.moha/maven/identity.json', '.moha/maven/identity.json', 'identity'],
    ['.moha/maven/infrastructure.json', '.moha/maven/infrastructure.json', 'infrastructure'],
    ['.moha/maven/session_log.md', '.moha/maven/session_log.md', 'session_log'],
  ])('%s', (path, expected, kind) => {
    expect(path).toBe(expected);
    expect(artifactKind(path)).toBe(kind);
    expect(isIgnoredPath(path)).toBe(false);
  });

  it.each([
    '.moha/maven/Decisions/decision_20260114_142408.md',
    '.moha/maven/decisions/Decision_20260114_142408.md',
    '.moha/maven/decisions/decision_20260114_142408.MD',
    '.moha/maven/decisions/sub/decision_20260114_142408.md',
    '.moha/maven/decisions/decision_20260114_142408_0.md',
    '.moha/maven/decisions/decision_20260114.md',
    '.moha/maven/trades/2025/2026-01-14.jsonl',
    '.moha/maven/snapshots/2026/02/snapshot_20260114T142408Z.json',
    '.moha/maven/metrics/day/2026-01.md',
    '.moha/maven/conversations/../identity.json',
    '.moha/maven/conversations/.hidden.jsonl',
    '.moha/maven/conversations/-rf.jsonl',
    '.moha/maven/session_log.md\n',
    '.moha/maven/session_log.md.bak',
    'moha/maven/session_log.md',
    '.moha/maven',
    'README.md',
    `.moha/maven/personas/${'x'.repeat(600)}.md`,
  ])('%s is none', (path) => {
    expect(artifactKind(path)).toBeNull();
  });

  it('knows what may lie beside artifacts', () => {
    for (const name of [
      '.gitattributes',
      '.gitignore',
      'README.md',
      'decisions/.gitkeep',
      'trades/.DS_Store',
      '.trash/x.md',
    ]) {
      expect(isIgnoredPath(`.moha/maven/${name}`)).toBe(true);
    }
    for (const name of ['decisions/readme.md', 'notes.txt', 'decisions/x..md']) {
      expect(isIgnoredPath(`.moha/maven/${name}`)).toBe(false);
    }
  });

  it('tells the second in a name', () => {
    expect(timeInName('a/decision_20260114_142408_3.md')).toBe('2026-01-14T14:24:08.000000+00:00');
    expect(timeInName('a/snapshot_20260114T142408Z.json')).toBe('2026-01-14T14:24:08.000000+00:00');
    expect(timeInName('a/milestone_20260114_142408_20250101_000000.md')).toBe(
      '2026-01-14T14:24:08.000000+00:00',
    );
    expect(timeInName('a/decision_20261314_142408.md')).toBeNull();
    expect(timeInName('a/notes.md')).toBeNull();
  });
});

describe('what a model may put into a name', () => {
  it('makes a path of an artifact, or an error; never another place', () => {
    const text = fc.oneof(
      hostileText(),
      shortText(),
      fc.constantFrom('../../x', 'a/b', 'con', 'NUL.txt', '.', '..', '~'),
    );
    const makers: readonly ((name: string) => string)[] = [
      paths.conversationPath,
      paths.personaPath,
      paths.statePath,
      paths.decisionPath,
      paths.tradesPath,
      (label) => paths.metricsPath('day', label),
      (title) => paths.milestonePath(TIME, title),
    ];
    fc.assert(
      fc.property(text, fc.constantFrom(...makers), (name, make) => {
        try {
          const path = make(name);
          expect(artifactKind(path)).not.toBeNull();
          expect(path.split('/')).not.toContain('..');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRecordError);
        }
      }),
    );
  });

  it('makes slugs that are safe on every system', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText(), shortText()), (text) => {
        const made = paths.slug(text);
        expect(made).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
        expect(made).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)$/);
        expect(paths.slug(made)).toBe(made);
      }),
    );
    expect(paths.slug('Résumé of CON')).toBe('resume-of-con');
    expect(paths.slug('con')).toBe('x-con');
    expect(paths.slug('取引')).toBe('untitled');
  });

  it('gives every time its place', () => {
    fc.assert(
      fc.property(canonicalTime(), (time) => {
        expect(artifactKind(paths.decisionPath(time))).toBe('decision');
        expect(artifactKind(paths.snapshotPath(time))).toBe('snapshot');
        expect(timeInName(paths.snapshotPath(time))?.slice(0, 19)).toBe(time.slice(0, 19));
      }),
    );
  });
});
