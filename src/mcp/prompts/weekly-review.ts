import { GROUND_RULES, type ServedPrompt } from './prompt.js';

export const weeklyReview: ServedPrompt = {
  name: 'weekly_review',
  title: 'Weekly review',
  description: 'What a week earned, which decisions carried it, and what to learn from it.',
  arguments: [
    { name: 'week', description: 'ISO week such as 2026-W03; the present one when absent', required: false },
  ],
  text: ({
    week,
  }) => `Review ${week === undefined ? 'this ISO week' : `the ISO week ${JSON.stringify(week)}`}, on one page.

1. maven_performance with period week${week === undefined ? '' : ` and label ${JSON.stringify(week)}`}: net P&L, win rate with its interval, averages, drawdown, fee drag; then the groups by asset and bot. Follow next_cursor where groups are left.
2. maven_performance of the week before, for comparison: say which differences are larger than their intervals allow for chance.
3. maven_list_decisions of these days: which decisions won and lost, and how the confidence stated compares with what became of them.
4. Name at most three lessons, each with the numbers that carry it. Offer to record them with maven_record_insight; record nothing unasked.

${GROUND_RULES}`,
};
