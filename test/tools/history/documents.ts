import { formatInsight } from '../../../parsers/canonical-insight.js';
import { formatMilestone } from '../../../parsers/canonical-milestone.js';
import { type ConversationMessage, formatConversation } from '../../../parsers/conversation.js';
import { conversationPath, insightPath, milestonePath } from '../../../parsers/paths.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND, timeText } from './instant.js';
import type { Random } from './random.js';

const MILESTONES = [
  ['First worker on the exchange', 'One worker, 100 USD, read-only keys for everybody else.'],
  ['Git-first persistence', 'Every record is a file in git. The database follows.'],
  ['A hundred trades', 'The ledger holds a hundred trades; not one was entered by hand.'],
  ['Snapshots every hour', 'The account is looked at once an hour, and a failed look is not a zero.'],
  ['Recovered from a wipe', 'The database was dropped by mistake. It came back from git, byte for byte.'],
  ['Stops on the exchange', 'A stop no longer depends on a process that may be down.'],
  ['Five hundred trades', 'Half of them on BTC.\n\n---\n\nFees are the largest single cost.'],
  ['Verified every day', 'Drift is looked for once a day; none was found this week.'],
] as const;

/** Milestones: the first three as older files, with a title and labels. */
export function milestoneFiles(random: Random, start: Instant): ReadonlyMap<string, string> {
  return new Map(
    MILESTONES.map(([title, text], index) => {
      const time = timeText(start + (3 + index * 7) * DAY + random.int(8 * HOUR, 19 * HOUR));
      const legacy = `# ${title}\n\n**Timestamp:** ${time}\n\n${text}\n\n---\n*Recorded by Maven*\n`;
      const record = {
        achievedAt: time,
        title,
        text,
        metadata: index % 2 === 0 ? null : `{"step":${index}}`,
      };
      return [milestonePath(time, title), index < 3 ? legacy : formatMilestone(record)];
    }),
  );
}

const INSIGHTS = [
  ['funding', 'BTC', 'Funding turns before price on weekends: three of the last four.'],
  ['correlation', 'BTC,ETH', 'BTC and ETH move as one below 40 % volatility. Two positions are then one.'],
  ['fees', null, 'Orders below 200 USD lose to fees even when they are right.'],
  ['liquidity', 'HYPE', 'The book is half as deep between 02:00 and 05:00 UTC.'],
  ['regime', 'BTC', 'Ranges last longer than trends since the middle of December.'],
  ['funding', 'SOL', 'Funding above 0.03 % an hour was followed by a fall within a day, five times of six.'],
  ['execution', null, 'Limit orders at the mid are filled 61 % of the time, and late when it matters.'],
  ['volatility', 'ETH', 'Realized volatility halves over the holidays; sizes may double, leverage may not.'],
  ['bots', null, 'Worker 4 is right less often than a coin, and pays fees for it.'],
  ['liquidity', 'SOL', 'Stops cluster below round numbers. Ours need not.'],
  ['regime', 'BTC', 'The first week of January trends: 4 of 5 years.'],
  ['fees', null, 'Maker rebates paid for two thirds of last week’s fees.'],
] as const;

/** Insights: the first three as older files. */
export function insightFiles(random: Random, start: Instant): ReadonlyMap<string, string> {
  return new Map(
    INSIGHTS.map(([insightType, asset, text], index) => {
      const time = timeText(start + (2 + index * 4) * DAY + random.int(7 * HOUR, 20 * HOUR));
      const confidencePct = String(random.int(52, 91));
      const labels = `**Timestamp:** ${time}\n**Type:** ${insightType}\n${asset === null ? '' : `**Asset:** ${asset}\n`}**Confidence:** ${confidencePct}%\n`;
      const legacy = `# Market Insight\n\n${labels}\n${text}\n`;
      const record = { observedAt: time, insightType, asset, confidencePct, text, metadata: null };
      return [insightPath(time), index < 3 ? legacy : formatInsight(record)];
    }),
  );
}

const QUESTIONS = [
  [
    'What is my 7-day P&L?',
    'It follows from two snapshots and no deposit in between. The figure and its baseline are in `portfolio`.',
  ],
  [
    'And the win rate on BTC?',
    '54 % over the trades that are closed. Liquidations count, cancelled orders do not.',
  ],
  [
    'Why is the 30-day figure empty?',
    'There is no complete snapshot near the start of that window.\n\nA null with a reason is better than a wrong number.',
  ],
  ['Did the wipe lose anything?', 'No. Every table was rebuilt from git; the ids are the same.'],
  [
    'Which decision opened trade 1040?',
    'The latest one on its asset in the hour before, if there was one. The ledger names the file.',
  ],
  [
    'Can you raise leverage?',
    'Not above the cap that was decided. I can record a new decision, with your reasons.',
  ],
  ['What do fees cost us?', 'About a fifth of gross profit. Fewer, larger orders would halve it.'],
] as const;

/** Two conversations. */
export function conversationFiles(random: Random, start: Instant): ReadonlyMap<string, string> {
  const conversations = [
    ['desk-2025-12-03', 16, 0],
    ['7d1e4f6b-9c57-4c1e-8a55-2f0b6a4e9c10', 55, 3],
  ] as const;
  return new Map(
    conversations.map(([id, day, skip]) => {
      let instant = start + day * DAY + 15 * HOUR + random.int(0, HOUR);
      const messages = QUESTIONS.slice(skip).flatMap(([question, answer], index): ConversationMessage[] => {
        instant += random.int(20 * SECOND, 4 * MINUTE);
        const asked = { role: 'user', content: question, sentAt: timeText(instant), metadata: null };
        instant += random.int(2 * SECOND, 20 * SECOND);
        const said = {
          role: 'assistant',
          content: answer,
          sentAt: timeText(instant),
          metadata: '{"tools":["portfolio"]}',
        };
        return [asked, said].map((message, at) => ({
          conversationId: id,
          messageIndex: index * 2 + at,
          ...message,
        }));
      });
      return [conversationPath(id), formatConversation(messages)];
    }),
  );
}
