import { isCanonicalTime } from '../../../parsers/time.js';

/** `2026-01-14` */
const DATE_LENGTH = 10;
/** `2026-01-14 14:24:08` */
const WHOLE_SECONDS = 19;
const MOST_DIGITS = 6;
const BLANK = 32;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const UPPER_T = 84;
const UTC = Buffer.from('+00:00');

/** A time that is copied from upstream's bytes into a line in its canonical form. One object is used for value after value. */
export class ScannedTime {
  /** The date that was met last, which is a day of the calendar; rows come in the order of time. */
  date = '';
  private readonly dateBytes = Buffer.alloc(DATE_LENGTH);
  private bytes: Buffer = this.dateBytes;
  private start = 0;
  private end = 0;

  /**
   * Looks at a `timestamp` of UTC as Postgres prints it, `2026-01-14 14:24:08.0341`.
   *
   * @returns false = it needs a closer look.
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    const digits = end - start - WHOLE_SECONDS - 1;
    if (digits !== -1 && (digits < 1 || digits > MOST_DIGITS || bytes[start + WHOLE_SECONDS] !== POINT))
      return false;
    if (bytes[start + 10] !== BLANK || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON)
      return false;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return false;
    for (let at = start + WHOLE_SECONDS + 1; at < end; at += 1) if (!isDigit(bytes[at])) return false;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return this.isKnownDate() || this.learnDate();
  }

  /** Writes the time that was read. @returns where it ends. */
  write(out: Buffer, at: number): number {
    const { bytes, start, end } = this;
    let to = at;
    for (let from = start; from < start + WHOLE_SECONDS; from += 1) out[to++] = bytes[from] ?? 0;
    out[at + DATE_LENGTH] = UPPER_T;
    out[to++] = POINT;
    for (let from = start + WHOLE_SECONDS + 1; from < end; from += 1) out[to++] = bytes[from] ?? 0;
    while (to < at + WHOLE_SECONDS + 1 + MOST_DIGITS) out[to++] = ZERO;
    for (let from = 0; from < UTC.length; from += 1) out[to++] = UTC[from] ?? 0;
    return to;
  }

  /** The canonical text of the time that was read. */
  get text(): string {
    const room = Buffer.alloc(WHOLE_SECONDS + 1 + MOST_DIGITS + UTC.length);
    this.write(room, 0);
    return room.toString('latin1');
  }

  private isKnownDate(): boolean {
    for (let at = 0; at < DATE_LENGTH; at += 1)
      if (this.bytes[this.start + at] !== this.dateBytes[at]) return false;
    return true;
  }

  private learnDate(): boolean {
    const date = this.bytes.toString('latin1', this.start, this.start + DATE_LENGTH);
    if (!isCanonicalTime(`${date}T00:00:00.000000+00:00`)) return false;
    this.date = date;
    this.bytes.copy(this.dateBytes, 0, this.start, this.start + DATE_LENGTH);
    return true;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** @returns -1 or NaN = no two digits. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [bytes[at], bytes[at + 1]];
  if (!isDigit(tens) || !isDigit(ones)) return -1;
  return ((tens ?? 0) - ZERO) * 10 + (ones ?? 0) - ZERO;
}
