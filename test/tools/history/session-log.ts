import { formatSessionEvent, type SessionEvent } from '../../../parsers/session-log.js';
import type { Decision } from './decisions.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND, timeText } from './instant.js';
import type { Random } from './random.js';
import { eventWords } from './words.js';

const EVENTS = 400;
const LEGACY = 110;
const TYPES = [
  'NOTE',
  'TRADE_SYNC',
  'TRADE_SYNC',
  'STATUS_CHECK',
  'SESSION_START',
  'SESSION_CLOSE',
  'ERROR',
] as const;

/** What was in the log before it was compacted: titles and archive sections, which are no events. */
const PREAMBLE = `# Maven Session Log

Append-only. Compacted from time to time: older sessions become an archive section.

## Archive: October 2025 (compacted)

31 sessions, 74 decisions. Kept:

- 2025-10-02: first connection to the exchange, read only
- 2025-10-19: the first worker trades with 100 USD
- [2025-10-30] stop moved to the exchange, no longer in the bot

## Archive: November 2025, first half (compacted)

12 sessions, 29 decisions.

\`\`\`
## [2025-11-03T09:00:00.000000+00:00] an event heading in a quotation is none
\`\`\`

---

`;

/** The session log: older events as another program wrote them, newer ones as this one does. */
export function sessionLog(
  random: Random,
  decisions: readonly Decision[],
  start: Instant,
  end: Instant,
): string {
  const noted = decisions
    .filter((_, index) => index % 2 === 0)
    .map((decision): SessionEvent & { instant: Instant } => {
      const instant = decision.instant + random.int(2, 40) * SECOND;
      return {
        instant,
        occurredAt: timeText(instant),
        eventType: 'DECISION_RECORDED',
        text: `Recorded ${decision.name}${decision.assets.length === 0 ? '' : ` on ${decision.assets.join(' and ')}`}.`,
        metadata: `{"decision":"${decision.name}"}`,
      };
    });
  const others = Array.from({ length: EVENTS - noted.length }, (): SessionEvent & { instant: Instant } => {
    const instant =
      start + random.int(0, end - start - DAY) + random.int(0, 23) * HOUR + random.int(0, 59) * MINUTE;
    const eventType = random.pick(TYPES);
    return {
      instant,
      occurredAt: timeText(instant),
      eventType,
      text: eventWords(random, eventType),
      metadata: random.chance(0.5)
        ? `{"session":"s-${random.int(100, 180)}","seconds":${random.int(1, 90)}.${random.int(10, 99)}}`
        : null,
    };
  });
  const events = [...noted, ...others].sort((left, right) => left.instant - right.instant);
  const blocks = events.map((event, index) =>
    index < LEGACY ? legacyBlock(event, index) : formatSessionEvent(event),
  );
  return PREAMBLE + blocks.join('\n');
}

/** Older events: types in any case, metadata spaced as Python does, rules and headings in the text, no closing rule. */
function legacyBlock(event: SessionEvent, index: number): string {
  const type = index % 5 === 3 ? event.eventType.toLowerCase() : event.eventType;
  const text = index % 11 === 7 ? `${event.text}\n\n---\n\n### Aside\n\n- kept as it was said` : event.text;
  const metadata = event.metadata?.replaceAll('":', '": ').replaceAll(',"', ', "');
  const tail = metadata === undefined ? '' : `**Metadata:** ${metadata}\n\n`;
  return `## [${event.occurredAt}] ${type}\n\n${text}\n\n${tail}${index % 4 === 2 && metadata !== undefined ? '' : '---\n'}`;
}
