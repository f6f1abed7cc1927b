import { safeText } from '../output/safe-text.js';

/** Text that is HTML already. Made by {@link html} alone, but for what {@link trusted} vouches for. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, null is nothing, lists are put one after the other. */
export type HtmlPart = Html | string | number | null | readonly HtmlPart[];

/**
 * Builds HTML in which no value can become markup, wherever it stands in text or in a quoted attribute.
 *
 * Values are also made visible: control characters, terminal escapes and direction marks are shown, not obeyed.
 *
 * @example html`<p title="${name}">${name}</p>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((text, next, i) => `${text}${textOf(parts[i - 1] ?? null)}${next}`));
}

/** @param text - HTML of our own making, with nothing of a user's in it: a style sheet, a chart. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** A text of an artifact, apart from its surroundings: one that is written from right to left turns nothing else. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes text for HTML, also for attributes in quotes. */
export function escapeHtml(text: string): string {
  // What safeText leaves alone: the Arabic letter mark, and characters that no document may hold.
  const visible = safeText(text.toWellFormed()).replace(
    /[\u061c\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return visible.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

function textOf(part: HtmlPart): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return part.map(textOf).join('');
}
