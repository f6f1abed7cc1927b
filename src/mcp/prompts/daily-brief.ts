import { GROUND_RULES, type ServedPrompt } from './prompt.js';

export const dailyBrief: ServedPrompt = {
  name: 'daily_brief',
  title: 'Daily brief',
  description: 'Where the account stands this morning, what happened since yesterday, what needs a person.',
  arguments: [],
  text: () => `Write the daily brief, at most 15 lines.

1. maven_get_stats: is every feed fresh, does the database stand at HEAD, are there errors in the artifacts?
2. Read maven://portfolio/current, and ask maven_pnl: value, available, margin, P&L of 24h and 7d.
3. maven_performance with period day: what the trades that ended earned, net, and how many won; maven_list_trades with
   since 24h: what was opened (its sums are of trades opened then, not of those that ended).
4. maven_list_decisions with since 24h: what was decided, with what confidence, and what became of it.
5. Close with what a person should look at today, or "nothing".

${GROUND_RULES}`,
};
