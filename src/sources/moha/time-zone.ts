import { MavenError } from '../../errors.js';

/**
 * Checks the name of a time zone before it goes into a statement.
 *
 * Only names are taken. Postgres would read `UTC+2` or `+02` as a POSIX zone, two hours *behind* UTC: every time would
 * be wrong, and nothing would say so.
 *
 * @throws {@link MavenError} CONFIG_INVALID when there is no such zone.
 */
export function checkTimeZone(name: string): void {
  if (!/^[A-Za-z][\w/+-]{0,63}$/.test(name)) throw unknownZone(name);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    throw unknownZone(name);
  }
}

export function unknownZone(name: string): MavenError {
  return new MavenError('CONFIG_INVALID', `MOHA_TIME_ZONE: there is no time zone ${JSON.stringify(name)}`, {
    hint: 'set MOHA_TIME_ZONE to a name such as UTC or Europe/Berlin',
    data: { variable: 'MOHA_TIME_ZONE', received: name },
  });
}
