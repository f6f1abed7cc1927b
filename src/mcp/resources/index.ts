import { currentPortfolio } from './current-portfolio.js';
import { decision } from './decision.js';
import { decisions } from './decisions.js';
import { identity } from './identity.js';
import { infrastructure } from './infrastructure.js';
import { memory } from './memory.js';
import { milestones } from './milestones.js';
import { performance } from './performance.js';
import { performanceSummary } from './performance-summary.js';
import { personality } from './personality.js';
import { recentDecisions } from './recent-decisions.js';
import type { ServedResource } from './resource.js';
import { trade } from './trade.js';

/** Resources of one URI each, in the order in which they are listed. */
export const RESOURCES: readonly ServedResource[] = [
  identity,
  personality,
  memory,
  infrastructure,
  decisions,
  recentDecisions,
  milestones,
  performanceSummary,
  currentPortfolio,
];

/** Families of resources. */
export const TEMPLATES: readonly ServedResource[] = [decision, trade, performance];
