import { formatIdentity } from '../../../parsers/identity.js';
import { formatPersona } from '../../../parsers/persona.js';
import { MERGED_BY_RECORD } from '../../../src/git/merge-driver.js';
import { makeDecisions } from './decisions.js';
import { conversationFiles, insightFiles, milestoneFiles } from './documents.js';
import { flowFiles, makeFlows } from './flows.js';
import { DAY, instantOf } from './instant.js';
import { type Market, makeMarkets } from './market.js';
import { metricsFiles } from './metrics.js';
import { type Random, seededRandom } from './random.js';
import { sessionLog } from './session-log.js';
import { makeSnapshots, snapshotFiles } from './snapshots.js';
import { stateFiles } from './state.js';
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
  // In this order: each takes the next random numbers.
  const documents = [
    [`${ROOT}/session_log.md`, sessionLog(random, decisions, START + DAY, END)],
    ...decisions.map(({ path, text }) => [path, text] as const),
    ...milestoneFiles(random, START),
    ...insightFiles(random, START),
    ...conversationFiles(random, START),
  ] as const;
  const shots = makeSnapshots(random, markets, trades, flows, START, END);
  return new Map([
    [`${ROOT}/.gitattributes`, GIT_ATTRIBUTES],
    [`${ROOT}/identity.json`, formatIdentity({ json: identity(decisions.length) })],
    [`${ROOT}/infrastructure.json`, formatIdentity({ json: INFRASTRUCTURE })],
    [`${ROOT}/personas/maven.md`, formatPersona({ text: PERSONA })],
    ...documents,
    ...ledgerFiles(trades),
    ...flowFiles(flows, shots),
    ...snapshotFiles(shots),
    ...metricsFiles(trades, decisions, END),
    ...stateFiles(END, trades, shots),
  ]);
}

/** The markets of the story: the prices at which everything in it happened. */
export function historyMarkets(random: Random = seededRandom(SEED)): readonly [Market, ...Market[]] {
  return makeMarkets(random, START, END);
}

/** As `maven-git init` writes it. */
const GIT_ATTRIBUTES = `* -text\n${MERGED_BY_RECORD.map((pattern) => `${pattern} merge=maven-records\n`).join('')}`;

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
