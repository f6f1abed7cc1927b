import { dailyBrief } from './daily-brief.js';
import { explainDrawdown } from './explain-drawdown.js';
import { preTradeCheck } from './pre-trade-check.js';
import type { ServedPrompt } from './prompt.js';
import { weeklyReview } from './weekly-review.js';

/** Every prompt, in the order in which they are listed. */
export const PROMPTS: readonly ServedPrompt[] = [dailyBrief, weeklyReview, preTradeCheck, explainDrawdown];
