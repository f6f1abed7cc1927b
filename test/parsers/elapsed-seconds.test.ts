import { expect, it } from 'vitest';
import { elapsedSeconds } from '../../parsers/elapsed-seconds.js';

const SINCE = '2026-01-14T14:24:08.500000+00:00';

it('counts whole seconds to a time or a Date, none for a clock that went back', () => {
  expect(elapsedSeconds(SINCE, '2026-01-14T15:24:09.000000+00:00')).toBe(3600);
  expect(elapsedSeconds(SINCE, new Date('2026-01-14T14:24:09.499Z'))).toBe(0);
  expect(elapsedSeconds(SINCE, new Date('2026-01-14T14:24:09.500Z'))).toBe(1);
  expect(elapsedSeconds(SINCE, '2026-01-13T00:00:00.000000+00:00')).toBe(0);
  expect(elapsedSeconds(null, SINCE)).toBeNull();
});
