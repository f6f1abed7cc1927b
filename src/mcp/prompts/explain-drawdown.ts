import { GROUND_RULES, type ServedPrompt } from './prompt.js';

export const explainDrawdown: ServedPrompt = {
  name: 'explain_drawdown',
  title: 'Explain a drawdown',
  description: 'How deep it was, when, and which trades and decisions made it.',
  arguments: [
    { name: 'period', description: 'all_time, month, week or day; all_time when absent', required: false },
    { name: 'label', description: 'which one: 2026-01, 2026-W03, 2026-01-14', required: false },
  ],
  text: ({
    period,
    label,
  }) => `Explain the largest drawdown of ${label === undefined ? 'the' : JSON.stringify(label)} ${period === undefined ? 'whole time' : JSON.stringify(period)}.

1. maven_performance for that period: max_drawdown_usd and max_drawdown_pct, what equity they are taken from, longest_loss_streak. Where the drawdown is not known, say why and stop at what is known.
2. Narrow it down: maven_performance of the weeks, then the days, in which the P&L fell.
3. maven_list_trades of those days: the trades that lost most, by asset and bot; maven_history of the worst ones.
4. maven_list_decisions of those days with outcome loss: what was reasoned, and what came differently. Separate what the record shows from what you suppose.

${GROUND_RULES}`,
};
