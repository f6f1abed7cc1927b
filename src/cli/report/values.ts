import { compareDecimals, roundDecimal } from '../../index.js';
import { type Html, html } from './html.js';

/** A minus that is as wide as the digits. */
const MINUS = '\u2212';

/** `1,234,567.89` of a rounded decimal, with its sign in print. */
export function digits(value: string, places: number): string {
  const [whole = '', fraction] = roundDecimal(value, places).replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return signOf(value) < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

/** @returns -1, 0 or 1. */
export function signOf(value: string): number {
  return Math.sign(compareDecimals(value, '0'));
}

/** USD to the cent, exact for programs; a gain has its plus, so that colour alone tells nothing. */
export function earned(value: string | null): Html {
  if (value === null) return unknown();
  const sign = signOf(value);
  const text = digits(value, 2);
  const kind = sign > 0 ? 'gain' : sign < 0 ? 'loss' : 'even';
  return html`<data class="${kind}" value="${value}">${/[1-9]/.test(text) && sign > 0 ? '+' : ''}${text}</data>`;
}

/** An amount that is no gain or loss: a value, fees. */
export function amount(value: string | null, places = 2): Html {
  return value === null ? unknown() : html`<data value="${value}">${digits(value, places)}</data>`;
}

/** A price with the digits that it has. */
export function price(value: string | null): Html {
  return amount(value, value?.split('.')[1]?.length ?? 0);
}

/** `54.3 %` */
export function percent(value: string | null, places = 1): Html {
  return value === null ? unknown() : html`<data value="${value}">${digits(value, places)}</data>\u202f%`;
}

/** Unknown is never 0. */
export function unknown(): Html {
  return html`<span class="unknown">not known</span>`;
}

/** `2026-01-15 23:00 UTC` of a canonical time. */
export function time(at: string | null): Html {
  if (at === null) return html`<span class="unknown">-</span>`;
  return html`<time datetime="${at}">${at.slice(0, 10)}\u00a0${at.slice(11, 16)}\u00a0UTC</time>`;
}

/** `2026-01-15` */
export function day(at: string): Html {
  return html`<time datetime="${at.slice(0, 10)}">${at.slice(0, 10)}</time>`;
}

/** A few characters for a narrow place: `+12.5`, `−140`, `+1.2k`, `−3.4M`, `+1.0e20`. */
export function shortUsd(value: string): string {
  const size = value.replace('-', '');
  const sign = signOf(value) > 0 ? '+' : '';
  const power = (size.split('.')[0] ?? '').replace(/^0+/, '').length - 1;
  if (power >= 15) return `${sign}${digits(shift(value, power), 1)}e${power}`;
  for (const [least, unit] of UNITS) {
    if (compareDecimals(size, least) < 0) continue;
    const shifted = shift(value, least.length - 1);
    return `${sign}${digits(shifted, compareDecimals(size, `${least}0`) < 0 ? 1 : 0)}${unit}`;
  }
  const text = digits(value, compareDecimals(size, '100') < 0 ? 1 : 0);
  return /[1-9]/.test(text) ? `${sign}${text}` : text;
}

const UNITS = [
  ['1000000000000', 'T'],
  ['1000000000', 'B'],
  ['1000000', 'M'],
  ['1000', 'k'],
] as const;

/** Divides by ten to the power of `places`. */
function shift(value: string, places: number): string {
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const padded = whole.padStart(places + 1, '0');
  return `${value.startsWith('-') ? '-' : ''}${padded.slice(0, -places)}.${padded.slice(-places)}${fraction}`;
}
