import { formatIdentity } from '../../../parsers/identity.js';
import { formatPersona } from '../../../parsers/persona.js';
import { makeDecisions } from './decisions.js';
import { conversationFiles, insightFiles, milestoneFiles, stateFiles } from './documents.js';
import { flowFiles, makeFlows } from './flows.js';
import { DAY, instantOf } from './instant.js';
import { type Market, makeMarkets } from './market.js';
import { metricsFiles } from './metrics.js';
import { type Random, seededRandom } from './random.js';
import { sessionLog } from './session-log.js';
import { snapshotFiles } from './snapshots.js';
import { ledgerFiles, makeTrades } from './trades.js';

const ROOT = '.moha/maven';
const START = instantOf(2025, 11, 17);
const END = START + 60 * DAY;
const SEED = 20_260_114;

/** Makes the whole history. @returns text by path, relative to the repository; the same at every run. */
export function makeHistory(): ReadonlyMap<string, string> {
  const random = seededRandom(SEED);
  const markets = historyMarkets(random);
  const decisions = makeDecisions(random, START + DAY, END);
  const trades = makeTrades(random, markets, decisions, START, END);
  const flows = makeFlows(START);
  return new Map([
    [`${ROOT}/.gitattributes`, GIT_ATTRIBUTES],
    [`${ROOT}/identity.json`, formatIdentity({ json: identity(decisions.length) })],
    [`${ROOT}/infrastructure.json`, formatIdentity({ json: INFRASTRUCTURE })],
    [`${ROOT}/personas/maven.md`, formatPersona({ text: PERSONA })],
    [`${ROOT}/session_log.md`, sessionLog(random, decisions, START + DAY, END)],
    ...decisions.map(({ path, text }) => [path, text] as const),
    ...milestoneFiles(random, START),
    ...insightFiles(random, START),
    ...conversationFiles(random, START),
    ...ledgerFiles(trades),
    ...flowFiles(flows),
    ...snapshotFiles(random, markets, trades, flows, START, END),
    ...metricsFiles(trades, decisions, END),
    ...stateFiles(END, trades.length),
  ]);
}

/** The markets of the story: the prices at which everything in it happened. */
export function historyMarkets(random: Random = seededRandom(SEED)): readonly [Market, ...Market[]] {
  return makeMarkets(random, START, END);
}

const GIT_ATTRIBUTES = `* -text
*.jsonl merge=maven-records
session_log.md merge=maven-records
`;

function identity(decisions: number): string {
  return `{"name":"Maven","role":"CFO AI agent for MoHa (Mother Haven)","created_at":"2025-09-28T10:00:00.000000+00:00","total_decisions":${decisions},"principles":["a wrong number is worse than no number","git is the truth"],"limits":{"max_leverage":6,"max_risk_pct":0.50}}`;
}

const INFRASTRUCTURE =
  '{"postgres":{"maven":{"host":"maven_postgres","port":5432,"database":"maven_data"},"moha":{"host":"moha_postgres","port":5432,"database":"moha_data","access":"read only"}},"redis":{"host":"maven_redis","port":6379},"exchange":"hyperliquid"}';

const PERSONA = `# Maven

Calm, exact, brief. Says "I do not know" when it does not.

- counts money, not wins
- names the file a number comes from
- never edits history`;
