import { escapeBlockText, escapeInline, unescapeBlockText, unescapeCharacters } from './escape.js';
import { closedFences, type FencedRange } from './fence.js';
import { checkText, checkTime, METADATA, SHORT, TEXT, TIME } from './field-type.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { type JsonText, readJsonObject } from './json-text.js';
import { growingLineCounter, lineCounter } from './line-counter.js';
import { readMetadata } from './markdown-tail.js';
import { plainText } from './plain-text.js';
import type { Located, Parsed } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';
import { isShortText } from './short-text.js';
import { trimBlankLines, trimSpace, trimSpaceEnd } from './trim.js';

/** One event of the session log. Its identity is (time, type, ordinal): see {@link eventOrdinals}. */
export interface SessionEvent {
  readonly occurredAt: string;
  /** As the file spells it. */
  readonly eventType: string;
  readonly text: string;
  readonly metadata: JsonText | null;
}

/** An event's part of a log: from its heading to the next one. */
export interface EventSection {
  readonly start: number;
  readonly end: number;
}

const LOG_HEAD = '# Session Log\n';

/** A time in brackets and a type. Any other heading (`## [ ] to do`) is text. */
const EVENT_HEADING = /(?<![^\n])## \[(\d{4}-\d{2}-\d{2}[^\]\n]{0,40})\][ \t]+([^ \t\n][^\n]*)/g;
const METADATA_LINE = '**Metadata:**';

/**
 * Reads a session log, in file order. What stands before the first event (titles, archives) is preamble and ignored.
 *
 * @see parsers/FORMATS.md#session-log
 */
export function parseSessionLog(text: string, path: string): Parsed<SessionEvent> {
  const problems = problemList(path);
  const log = plainText(text, problems);
  const lineAt = growingLineCounter(log);
  const fencedLineAt = growingLineCounter(log);
  const records: Located<SessionEvent>[] = [];
  for (const section of eventSections(log, (offset) => reportFenced(fencedLineAt(offset), problems))) {
    const line = lineAt(section.start);
    const record = readEvent(log.slice(section.start, section.end), line, problems);
    if (record !== null) records.push({ line, record });
  }
  return { records, problems: problems.list() };
}

function reportFenced(line: number, problems: ProblemList): void {
  problems.warning('EVENT_IN_FENCE', line, 'an event heading inside a code fence: read as text');
}

/**
 * Cuts a log into its events.
 *
 * @param onFenced - told of a heading inside fenced code: a quotation, not an event.
 */
export function eventSections(log: string, onFenced: (offset: number) => void): readonly EventSection[] {
  const fences = closedFences(log);
  const starts: number[] = [];
  let next = 0;
  for (const { index } of log.matchAll(EVENT_HEADING)) {
    while ((fences[next]?.end ?? log.length) < index) next += 1;
    const fence: FencedRange | undefined = fences[next];
    if (fence !== undefined && fence.start < index) onFenced(index);
    else starts.push(index);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? log.length }));
}

/** Reads one event. @returns null = left out, and a problem says why. */
function readEvent(section: string, line: number, problems: ProblemList): SessionEvent | null {
  const headingEnd = section.indexOf('\n') === -1 ? section.length : section.indexOf('\n');
  const bracket = section.indexOf(']');
  const occurredAt = checkTime(problems, line, 'event time', section.slice('## ['.length, bracket));
  const eventType = unescapeCharacters(trimSpace(section.slice(bracket + 1, headingEnd)));
  if (!isShortText(eventType)) {
    problems.error('INVALID_TEXT', line, `event type: ${quote(eventType)} is not ${SHORT.expected}`);
    return null;
  }
  const body = withoutRule(section.slice(headingEnd + 1));
  const tail = readTail(body, line + 1, problems);
  const text = checkText(
    problems,
    line,
    'text',
    unescapeBlockText(trimBlankLines(body.slice(0, tail.start))),
  );
  return occurredAt === null ? null : { occurredAt, eventType, text, metadata: tail.metadata };
}

/** Cuts the rule that ends an event; older files may lack it. */
function withoutRule(body: string): string {
  const trimmed = trimSpaceEnd(body);
  const lastLine = trimmed.slice(trimmed.lastIndexOf('\n') + 1);
  return lastLine === '---' ? trimmed.slice(0, -lastLine.length) : body;
}

interface EventTail {
  readonly metadata: JsonText | null;
  /** Where it starts in the event's body: what stands before it is text. */
  readonly start: number;
}

/** Finds the metadata: the last line of that label, when nothing but its JSON (on one line, or fenced) follows. */
function readTail(body: string, firstLine: number, problems: ProblemList): EventTail {
  const none: EventTail = { metadata: null, start: body.length };
  const start = lastLineStart(body, METADATA_LINE);
  if (start === -1) return none;
  const line = lineCounter(body, firstLine)(start);
  const value = trimSpace(body.slice(start + METADATA_LINE.length));
  const json = withoutFence(value);
  const oneLine = !json.includes('\n');
  if (json.startsWith('{') && (oneLine || 'json' in readJsonObject(json))) {
    return { metadata: readMetadata(json, line, problems), start };
  }
  problems.warning('METADATA_INVALID', line, `${quote(value)} is not a JSON object: read as text`);
  return none;
}

function lastLineStart(text: string, prefix: string): number {
  const found = text.lastIndexOf(`\n${prefix}`);
  if (found !== -1) return found + 1;
  return text.startsWith(prefix) ? 0 : -1;
}

function withoutFence(value: string): string {
  if (!value.startsWith('```') || !value.endsWith('\n```')) return value;
  return trimSpace(value.slice(value.indexOf('\n') + 1, -'\n```'.length));
}

/** Formats a whole log: a title and the events. @throws InvalidRecordError when a value is out of its form. */
export function formatSessionLog(events: readonly SessionEvent[]): string {
  return LOG_HEAD + events.map((event) => `\n${formatSessionEvent(event)}`).join('');
}

/**
 * Formats one event, from its heading to its rule.
 *
 * @throws InvalidRecordError when a value is out of its form; the text may hold anything.
 */
export function formatSessionEvent(event: SessionEvent): string {
  const { metadata } = event;
  if (!TIME.isCanonical(event.occurredAt)) throw new InvalidRecordError('occurred_at', TIME.expected);
  if (!SHORT.isCanonical(event.eventType)) throw new InvalidRecordError('event_type', SHORT.expected);
  if (!TEXT.isCanonical(event.text)) throw new InvalidRecordError('text', TEXT.expected);
  if (metadata !== null && !METADATA.isCanonical(metadata)) {
    throw new InvalidRecordError('metadata', METADATA.expected);
  }
  return (
    `## [${event.occurredAt}] ${escapeInline(event.eventType)}\n\n` +
    (event.text === '' ? '' : `${escapeBlockText(event.text)}\n\n`) +
    (metadata === null ? '' : `${METADATA_LINE} ${metadata}\n\n`) +
    '---\n'
  );
}

/**
 * Adds an event to the end of a log. What stands there is not touched, byte for byte.
 *
 * @param text - the log as it is; '' = a new one.
 */
export function appendEvent(text: string, event: SessionEvent): string {
  const log = text === '' ? LOG_HEAD : text;
  const gap = log.endsWith('\n\n') ? '' : log.endsWith('\n') ? '\n' : '\n\n';
  return log + gap + formatSessionEvent(event);
}

/**
 * Numbers events that share time and type, from 0 in the order given: with it (time, type, ordinal) is an identity.
 *
 * @returns as many numbers as events.
 */
export function eventOrdinals(
  events: readonly Pick<SessionEvent, 'occurredAt' | 'eventType'>[],
): readonly number[] {
  const counts = new Map<string, number>();
  return events.map(({ occurredAt, eventType }) => {
    const key = `${occurredAt} ${eventType}`;
    const ordinal = counts.get(key) ?? 0;
    counts.set(key, ordinal + 1);
    return ordinal;
  });
}
