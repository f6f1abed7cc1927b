import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/logger.js';

describe('createLogger', () => {
  const lines: string[] = [];
  const clock = () => new Date('2026-01-14T14:24:08.034Z');
  const logger = createLogger({ name: 'maven', level: 'INFO', clock, write: (line) => lines.push(line) });

  it('writes the format that was asked for, times in UTC', () => {
    logger.named('maven.sync').info('read 12');
    expect(lines.at(-1)).toBe('2026-01-14 14:24:08,034 - maven.sync - INFO - read 12\n');
  });

  it('leaves out what is below its level', () => {
    const before = lines.length;
    logger.debug('noise');
    expect(lines).toHaveLength(before);
  });

  it('lets no text forge a line or drive the terminal', () => {
    logger.warning('a\n2026 - maven - ERROR - b\u001b[2J');
    expect(lines.at(-1)).toBe(
      '2026-01-14 14:24:08,034 - maven - WARNING - a\\x0a2026 - maven - ERROR - b\\x1b[2J\n',
    );
  });
});
