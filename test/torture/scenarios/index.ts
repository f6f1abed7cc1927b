import type { Scenario } from '../scenario.js';
import { damagedArtifacts } from './artifacts.js';
import { crowd } from './crowd.js';
import { databaseGone } from './database-gone.js';
import { databaseTampered } from './database-tampered.js';
import { diskFull } from './disk-full.js';
import { failEverywhere } from './errors.js';
import { exchangeFaults } from './exchange-faults.js';
import { hostileClient, hostileRepository } from './hostile.js';
import { impatientPerson, killEverywhere } from './kill.js';
import { lateRows } from './late-rows.js';
import { cutPowerEverywhere } from './power.js';
import { randomKills } from './random-kills.js';
import { realKills } from './real-kill.js';
import { redisGone } from './redis-gone.js';
import { stepKills } from './step-kills.js';
import { systemCallKills } from './system-calls.js';
import { upstreamFaults } from './upstream-faults.js';
import { manyWriters } from './writers.js';

/** Every scenario by the name that `--fault` takes. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  kill: killEverywhere,
  person: impatientPerson,
  error: failEverywhere,
  power: cutPowerEverywhere,
  'real-kill': realKills,
  'system-call': systemCallKills,
  'random-kill': randomKills,
  'step-kill': stepKills,
  'database-gone': databaseGone,
  'database-tampered': databaseTampered,
  upstream: upstreamFaults,
  'late-rows': lateRows,
  exchange: exchangeFaults,
  redis: redisGone,
  disk: diskFull,
  crowd,
  writers: manyWriters,
  artifacts: damagedArtifacts,
  hostile: hostileRepository,
  mcp: hostileClient,
};
