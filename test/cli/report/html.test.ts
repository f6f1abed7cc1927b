import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, foreign, html, trusted } from '../../../src/cli/report/html.js';
import { hostileText } from '../../arbitraries/hostile-text.js';
import { named, readPage, textOf } from './read-page.js';

const HOSTILE = [
  `"><script>alert(1)</script>`,
  `' onload='alert(1)`,
  '`{7*7}`',
  '</p></style><!-- ',
  ']]>&lt;b&gt;&#x3c;',
  '\u001b[31mred\u001b[0m\u0007',
  'abc\u202efdp.exe\u2066\u061c',
  'a\u0000b\ufffe\ud800',
];

const template = (value: string) => html`<p title="${value}">${value}</p>`.text;

describe('html', () => {
  it.each(HOSTILE)('keeps %j a text', (value) => {
    const [p] = named(readPage(template(value)), 'p');
    expect(p?.attributes.title).toBe(p === undefined ? '' : textOf(p));
    expect(named(readPage(template(value)), 'script')).toEqual([]);
    expect(template(value)).not.toMatch(
      /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\ud800]/,
    );
  });

  it('shows every text there is as exactly one text, in content and in an attribute', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText(), fc.string({ unit: 'binary' })), (value) => {
        const page = readPage(template(value));
        expect(page.children).toHaveLength(1);
        const [p] = named(page, 'p');
        expect(Object.keys(p?.attributes ?? {})).toEqual(['title']);
        expect(p?.children.every((child) => typeof child === 'string')).toBe(true);
        expect(p?.attributes.title).toBe(p === undefined ? '' : textOf(p));
        // Nothing is lost but what is shown as its number.
        if (/^[\u0020-\u007e]*$/.test(value)) expect(p?.attributes.title).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  it('takes parts of its own, lists, numbers and nothing as what they are', () => {
    const list = ['a', 'b'].map((name) => html`<li>${name}</li>`);
    expect(html`<ul>${list}${null}</ul>${1}${'<'}`.text).toBe('<ul><li>a</li><li>b</li></ul>1&lt;');
    expect(html`${trusted('<i></i>')}${foreign('<')}`.text).toBe('<i></i><bdi>&lt;</bdi>');
    expect(() => html`${{ text: '<b>' } as never}`).toThrow(TypeError);
    expect(escapeHtml('a\tb')).toBe('a\\u0009b');
  });
});
