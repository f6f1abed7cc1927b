import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openContext } from '../src/context.js';
import { MavenError } from '../src/errors.js';
import { type Heartbeat, jobFolder, judgeHealth, readHeartbeat, writeLoop } from '../src/heartbeat.js';
import { claimLoop, runJob } from '../src/run-job.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const JOB = 'sync trades';
const SINCE = '2026-01-14T12:00:00.000Z';
const at = (seconds: number): Date => new Date(Date.parse(SINCE) + seconds * 1000);

describe('the health of a loop', () => {
  const loop = { since: SINCE, intervalSeconds: 3600 };
  const ended = (seconds: number, failed = false): Heartbeat => ({
    job: JOB,
    loop,
    run: {
      startedAt: at(seconds - 5).toISOString(),
      endedAt: at(seconds).toISOString(),
      outcome: failed ? 'failed' : 'ok',
      code: failed ? 'UPSTREAM_UNREACHABLE' : null,
      committed: false,
    },
  });

  it('is judged by its rounds, whether they go well or not', () => {
    const none = { job: JOB, run: null, loop };
    expect(judgeHealth({ job: JOB, run: null, loop: null }, at(0)).state).toBe('not running');
    expect(judgeHealth(none, at(10)).state).toBe('healthy');
    expect(judgeHealth(none, at(3 * 3600 + 1)).state).toBe('unhealthy');
    expect(judgeHealth(ended(7200), at(7200 + 3 * 3600)).state).toBe('healthy');
    expect(judgeHealth(ended(7200), at(7200 + 3 * 3600 + 1)).state).toBe('unhealthy');
    const failed = judgeHealth(ended(60, true), at(120));
    expect(failed).toMatchObject({
      state: 'healthy',
      reason: 'the last round ended 60 s ago and failed (UPSTREAM_UNREACHABLE); one is due every 3600 s',
    });
  });

  it('counts no round of an earlier loop, and grants a short interval the pause after a failure', () => {
    expect(judgeHealth(ended(-60), at(30)).reason).toContain('no round has ended');
    const short = { ...ended(0.5), loop: { since: SINCE, intervalSeconds: 5 } };
    expect(judgeHealth(short, at(899)).state).toBe('healthy');
    expect(judgeHealth(short, at(902)).state).toBe('unhealthy');
  });
});

describe('the heartbeat of a job', () => {
  let place: TestRepository;
  beforeEach(() => {
    place = createTestRepository();
  });
  afterEach(() => place.remove());

  const open = (clock = () => at(0)) => openContext({ repo: place.folder, env: {}, clock });
  const options = { name: JOB, wait: false, logFailures: false };

  it('tells how the last run ended, whatever it committed', async () => {
    const context = await open();
    expect(readHeartbeat(context.repository, JOB)).toEqual({ job: JOB, run: null, loop: null });
    await runJob(context, options, async () => ({ commit: null }));
    const times = { startedAt: at(0).toISOString(), endedAt: at(0).toISOString() };
    const ok = { ...times, outcome: 'ok', code: null, committed: false };
    expect(readHeartbeat(context.repository, JOB).run).toEqual(ok);
    const away = new MavenError('UPSTREAM_UNREACHABLE', 'away', { hint: 'wait' });
    await expect(runJob(context, options, () => Promise.reject(away))).rejects.toBe(away);
    expect(readHeartbeat(context.repository, JOB).run).toEqual({
      ...ok,
      outcome: 'failed',
      code: 'UPSTREAM_UNREACHABLE',
    });
  });

  it('holds the loop while it is claimed', async () => {
    const context = await open();
    const claim = await claimLoop(context, JOB, 300);
    expect(readHeartbeat(context.repository, JOB).loop).toEqual({ since: SINCE, intervalSeconds: 300 });
    await claim.release();
    expect(readHeartbeat(context.repository, JOB).loop).toBeNull();
  });

  it('never makes a run that committed fail', async () => {
    const context = await open();
    mkdirSync(path.join(jobFolder(context.repository, JOB), 'run.json'), { recursive: true });
    await expect(runJob(context, options, async () => ({ commit: 'abc' }))).resolves.toEqual({
      commit: 'abc',
    });
  });

  it('is not known where a power loss has torn it', async () => {
    const context = await open();
    writeLoop(context.repository, JOB, null);
    writeFileSync(path.join(jobFolder(context.repository, JOB), 'run.json'), '{"startedAt":"2026');
    expect(readHeartbeat(context.repository, JOB).run).toBeNull();
  });
});
