import type { Scenario } from '../scenario.js';
import { crowd } from './crowd.js';
import { failEverywhere } from './errors.js';
import { impatientPerson, killEverywhere } from './kill.js';
import { cutPowerEverywhere } from './power.js';
import { randomKills } from './random-kills.js';
import { realKills } from './real-kill.js';
import { systemCallKills } from './system-calls.js';
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
  crowd,
  writers: manyWriters,
};
