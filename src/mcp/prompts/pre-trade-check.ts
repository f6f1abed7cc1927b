import { GROUND_RULES, type ServedPrompt } from './prompt.js';

export const preTradeCheck: ServedPrompt = {
  name: 'pre_trade_check',
  title: 'Check before a trade',
  description:
    'What the record says before a position is opened: exposure, history on the asset, recent decisions.',
  arguments: [
    { name: 'asset', description: 'BTC, ETH, ...', required: true },
    { name: 'side', description: 'long or short', required: false },
    { name: 'size_usd', description: 'planned size in USD', required: false },
  ],
  text: ({
    asset,
    side,
    size_usd: size,
  }) => `Check a planned trade before it is made: asset ${JSON.stringify(asset ?? '')}, side ${JSON.stringify(side ?? 'not said')}, size in USD ${JSON.stringify(size ?? 'not said')}.

1. Read maven://portfolio/current: what is free, how much margin is used, is there a position in this asset already? Say how old the snapshot is; one older than two hours decides nothing.
2. maven_win_rate for the asset, in all and of this month; maven_list_trades for it with status open.
3. maven_list_decisions for the asset since 14d: does this trade contradict a standing decision?
4. Read maven://identity for limits that were set. Name each limit that the trade would break.
5. Answer go, wait or no, with the two numbers that weigh most. Make no trade; offer to record the decision with maven_record_decision.

${GROUND_RULES}`,
};
