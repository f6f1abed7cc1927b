import type { FuzzTarget } from '../target.js';
import { ARTIFACT_TARGETS } from './artifacts.js';
import { GIT_TARGETS } from './git.js';
import { MERGE_TARGETS } from './merges.js';
import { VALUE_TARGETS } from './values.js';

export const TARGETS: readonly FuzzTarget[] = [
  ...ARTIFACT_TARGETS,
  ...MERGE_TARGETS,
  ...VALUE_TARGETS,
  ...GIT_TARGETS,
];
