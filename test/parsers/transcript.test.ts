import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConversation } from '../../parsers/conversation.js';
import { conversationPath } from '../../parsers/paths.js';
import { parseTranscript } from '../../parsers/transcript.js';
import { hostileText } from '../arbitraries/hostile-text.js';
import { conversation } from '../arbitraries/records.js';

describe('transcripts', () => {
  it('of our own come back as they were', () => {
    fc.assert(
      fc.property(conversation(), (messages) => {
        const { records, problems } = parseTranscript(formatConversation(messages), 'session-1.jsonl');
        expect(records.map(({ record: { conversationId, ...record } }) => record)).toEqual(
          messages.map(({ conversationId, ...message }) => message),
        );
        expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      }),
    );
  });

  it('of any kind make a conversation that can be written', () => {
    const content = fc.oneof(
      hostileText(),
      fc.array(
        fc.oneof(
          fc.record({ type: fc.constantFrom('text', 'thinking', 'image'), text: hostileText() }),
          fc.record({ type: fc.constant('tool_use'), name: hostileText(), input: fc.jsonValue() }),
          fc.record({ type: fc.constant('tool_result'), content: fc.jsonValue() }),
          hostileText(),
        ),
        { maxLength: 3 },
      ),
      fc.jsonValue(),
    );
    const line = fc.oneof(
      fc.record({ role: hostileText(), content, timestamp: hostileText() }, { requiredKeys: [] }),
      fc.record({
        type: fc.constantFrom('user', 'assistant', 'summary'),
        message: fc.oneof(fc.record({ role: hostileText(), content }, { requiredKeys: [] }), hostileText()),
        sessionId: hostileText(),
        timestamp: fc.constantFrom('2026-01-14T14:24:08Z', 'now', ''),
        uuid: hostileText(),
      }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), hostileText(), (lines, name) => {
        const text = lines.map((one) => JSON.stringify(one)).join('\n');
        const { conversationId, records } = parseTranscript(text, name);
        expect(conversationPath(conversationId)).toContain(conversationId);
        expect(() => formatConversation(records.map(({ record }) => record))).not.toThrow();
        expect(records.map(({ record }) => record.messageIndex)).toEqual(records.map((_, index) => index));
      }),
      { numRuns: 500 },
    );
  });
});
