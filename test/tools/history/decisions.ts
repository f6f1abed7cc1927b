import { type DecisionRecord, formatDecision } from '../../../parsers/canonical-decision.js';
import { decisionPath } from '../../../parsers/paths.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND, timeText } from './instant.js';
import type { Random } from './random.js';
import { decisionWords } from './words.js';

/** A decision of the story. */
export interface Decision {
  readonly instant: Instant;
  /** File name, as trades link to it. */
  readonly name: string;
  readonly path: string;
  readonly assets: readonly string[];
  readonly confidencePct: string | null;
  readonly opensTrades: boolean;
  readonly text: string;
}

const COUNT = 150;
/** The first decisions were written by another program and by hand. */
const LEGACY = 48;

/** Makes the decisions of sixty days, in order of time. */
export function makeDecisions(random: Random, start: Instant, end: Instant): readonly Decision[] {
  const days = Math.floor((end - start) / DAY);
  const instants = Array.from({ length: COUNT }, (_, index) => {
    const day = Math.floor((index * days) / COUNT);
    return (
      start +
      day * DAY +
      random.int(6, 20) * HOUR +
      random.int(0, 59) * MINUTE +
      random.int(0, 60 * SECOND - 1)
    );
  }).sort((left, right) => left - right);
  const taken = new Set<string>();
  return instants.map((instant, index) => {
    const record = makeRecord(random, instant, index);
    let n = 0;
    while (taken.has(decisionPath(record.decidedAt, n))) n += 1;
    const path = decisionPath(record.decidedAt, n);
    taken.add(path);
    return {
      instant,
      path,
      name: path.slice(path.lastIndexOf('/') + 1),
      assets: record.asset?.split(',') ?? [],
      confidencePct: record.confidencePct,
      opensTrades: record.decisionType === 'trade' || record.decisionType === 'allocation',
      text: index < LEGACY ? formatLegacy(record, index) : formatDecision(record),
    };
  });
}

function makeRecord(random: Random, instant: Instant, index: number): DecisionRecord {
  const words = decisionWords(random);
  const legacy = index < LEGACY;
  const confidence = `${random.int(35, 98)}.${random.pick(['0', '0', '5'])}`;
  return {
    decidedAt: timeText(instant),
    decisionType: words.type,
    asset: words.asset,
    riskLevel: words.risk,
    // Eight of the older files give a fraction where a percentage is meant: read as they are, and reported.
    confidencePct: legacy && index % 6 === 4 ? `0.${random.int(51, 98)}` : confidence,
    action: words.action,
    reasoning: words.reasoning,
    metadata: legacy && index % 5 === 2 ? null : words.metadata,
  };
}

/** As the older program and people wrote: other spacing, capitals, times without zone, texts that are not escaped. */
function formatLegacy(record: DecisionRecord, index: number): string {
  const time = index % 9 === 3 ? record.decidedAt.slice(0, 26) : record.decidedAt;
  const type = index % 7 === 5 ? record.decisionType.toUpperCase() : record.decisionType;
  const risk = index % 4 === 1 ? record.riskLevel?.toUpperCase() : record.riskLevel;
  const reasoning =
    index % 8 === 6 ? `${record.reasoning}\n\n### Next\n\n---\n\n- watch the close` : record.reasoning;
  const metadata =
    record.metadata === null ? '' : `## Metadata\n\n\`\`\`json\n${pythonJson(record.metadata)}\n\`\`\`\n\n`;
  return (
    `# Decision Record\n\n**Timestamp:** ${time}\n**Type:** ${type}\n` +
    (record.asset === null ? '' : `**Asset:** ${record.asset}\n`) +
    `**Risk Level:** ${risk}\n**Confidence:** ${record.confidencePct}%\n\n` +
    `## Action\n${index % 3 === 0 ? '\n' : ''}${record.action}\n\n## Reasoning\n\n${reasoning}\n\n${metadata}` +
    '---\n*Recorded by Maven*\n'
  );
}

/** As Python's json.dumps: a space after colons and commas. No text of the story holds either. */
function pythonJson(json: string): string {
  return json.replaceAll('":', '": ').replaceAll(',"', ', "');
}
