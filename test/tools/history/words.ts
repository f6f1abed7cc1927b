import type { Random } from './random.js';

export interface DecisionWords {
  readonly type: string;
  readonly asset: string | null;
  readonly risk: string;
  readonly action: string;
  readonly reasoning: string;
  readonly metadata: string;
}

type Draft = Pick<DecisionWords, 'type' | 'asset' | 'action'>;

const ASSETS = ['BTC', 'BTC', 'BTC', 'ETH', 'ETH', 'SOL', 'HYPE', 'BTC,ETH', 'BTC,ETH,SOL'] as const;

const DRAFTS: readonly [(random: Random) => Draft, ...((random: Random) => Draft)[]] = [
  trade,
  trade,
  trade,
  trade,
  (random) => ({
    type: 'allocation',
    asset: random.pick(ASSETS),
    action: `Raise the share of worker ${random.int(1, 9)} to ${random.int(5, 25)} % of equity.\n\nNo more than two positions at a time.`,
  }),
  (random) => ({
    type: 'risk_adjustment',
    asset: random.pick(['BTC', 'ETH', 'PORTFOLIO']),
    action: `Cap leverage at ${random.int(2, 6)}x until realized volatility falls below ${random.int(40, 70)} %.`,
  }),
  () => ({
    type: 'status_check',
    asset: null,
    action: 'No change. Ledger, snapshot and exchange agree to the cent.',
  }),
  (random) => ({
    type: 'session_close',
    asset: null,
    action: `Close the session with ${random.int(0, 4)} open positions. 🚀 is not a strategy; the stops stay.`,
  }),
  () => ({
    type: 'infrastructure',
    asset: 'INFRASTRUCTURE',
    action: 'Keep every record in git; treat Postgres as a view that can be rebuilt.',
  }),
];

function trade(random: Random): Draft {
  const side = random.pick(['long', 'short']);
  const asset = random.pick(ASSETS);
  return {
    type: 'trade',
    asset,
    action: `Open ${side} ${asset} in ${random.int(2, 5)} orders, stop at ${random.int(8, 30)}0 bps, target ${random.int(2, 4)} R.`,
  };
}

const REASONS = [
  'Funding has been negative for three hours on two venues while spot volume grew.',
  'The range of the last two days broke on volume; the retest held.',
  'Open interest fell with price: forced sellers are done.',
  'Correlation with the index dropped below 0.4, so the position adds little risk.',
  'Three of the last five signals of this worker failed; size is halved until it recovers.',
  'Fees ate 18 % of gross profit last week. Fewer, larger orders.',
  'Résumé of the desk: 上昇トレンド, but the weekend is thin.',
  'A deposit arrived, which is not a profit: sizes follow equity, not hope.',
] as const;

const DETAILS = [
  '- invalidation: a close below the range\n- review: after the next funding',
  'If it is wrong, it is wrong by less than half a percent of equity.',
  '> never average down',
  'Checked against `maven_win_rate_by_asset()`: 54 % over 40 trades.',
  '1. wait for the close\n2. enter with limits\n3. leave the stop alone',
] as const;

export function decisionWords(random: Random): DecisionWords {
  const draft = random.pick(DRAFTS)(random);
  const more = random.chance(0.6) ? `\n\n${random.pick(DETAILS)}` : '';
  const second = random.chance(0.4) ? ` ${random.pick(REASONS)}` : '';
  return {
    ...draft,
    risk: random.pick(['low', 'low', 'medium', 'medium', 'high']),
    reasoning: `${random.pick(REASONS)}${second}${more}`,
    metadata: `{"session":"s-${random.int(100, 180)}","signals":${random.int(1, 6)},"score":0.${random.int(10, 99)}0}`,
  };
}

/** What an event of the session log says. */
export function eventWords(random: Random, type: string): string {
  switch (type) {
    case 'SESSION_START':
      return `Session started. Identity and persona loaded; ${random.int(1, 30)} decisions since the last look.`;
    case 'SESSION_CLOSE':
      return `Session closed.\n\nLeft open: ${random.int(0, 4)} positions.\n\n- stops are in place\n- next look after funding`;
    case 'TRADE_SYNC':
      return `${random.int(1, 12)} trades read, ${random.int(0, 6)} closed, 0 skipped.`;
    case 'STATUS_CHECK':
      return 'Ledger, snapshot and exchange agree.';
    case 'ERROR':
      return `Snapshot failed: the exchange answered 429 after ${random.int(3, 5)} attempts. Nothing was written.`;
    default:
      return `${random.pick(REASONS)}\n\n${random.pick(DETAILS)}`;
  }
}
