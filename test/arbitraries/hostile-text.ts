import fc from 'fast-check';

/** Pieces of text that have broken a parser somewhere: structure, escapes, controls, unpaired surrogates. */
const HOSTILE_PIECES = [
  '## Metadata',
  '## Action',
  '## Reasoning',
  '# Decision Record',
  '## [2026-01-14T14:25:13.963853+00:00] FORGED_EVENT',
  '**Confidence:** 99.0%',
  '**Metadata:** {"forged": true}',
  '**Timestamp:** 2020-01-01T00:00:00Z',
  '---',
  '***',
  '___',
  '===',
  '=======',
  '<<<<<<< ours',
  '>>>>>>> theirs',
  '||||||| base',
  '- - -',
  '```',
  '```json',
  '````',
  '~~~',
  '---js',
  '*Recorded by Maven*',
  '<!--',
  '-->',
  '<script>',
  '<div>',
  '\\',
  '\\#',
  '\\\\',
  '&#x0;',
  '&#xA;',
  '&amp;',
  '&amp;#x0;',
  '&amp;amp;#x41;',
  '&',
  '#x41;',
  '> ',
  '- ',
  '1. ',
  '    ',
  '\t',
  ' ',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '\0',
  '\x07',
  '\x1b[31m',
  '\x7f',
  '\ufeff',
  '\u2028',
  '\u200b',
  '\u202e',
  '\ud83d',
  '\ude00',
  '\u{1f680}',
  '{"a": 1}',
  "'; drop table maven_trades; --",
  '../../etc/passwd',
  '__proto__',
  'null',
  '|',
  '"',
  'buy',
  'BTC',
  'é',
] as const;

/** Any text a person or a model may put in a free text field, biased to what breaks parsers. */
export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...HOSTILE_PIECES) },
    { weight: 2, arbitrary: fc.constantFrom('\n', ' ', 'word', 'Because of the funding rate.') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: anyCodeUnits() },
  );
}

/** Any UTF-16 at all, unpaired surrogates included. */
function anyCodeUnits(): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units));
}

/** A text as people and models write it: paragraphs, lists, code spans; nothing that looks like a record's structure. */
export function ordinaryText(): fc.Arbitrary<string> {
  const line = fc.oneof(
    fc.constantFrom(
      'Funding turned negative on two venues.',
      'Entry near 43,250 with a stop at 42,900.',
      '- scale in over three orders',
      '- take profit at 1.5 R',
      '1. wait for the close',
      'Risk is 0.5 % of equity (see `risk.md`).',
      'Confidence: high, but *not* certain.',
      '> "never average down"',
      'Résumé: 上昇トレンド 🚀',
      'a < b && c > d | e',
    ),
    fc.lorem({ maxCount: 8 }),
  );
  const paragraph = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
  return fc.array(paragraph, { minLength: 1, maxLength: 4 }).map((paragraphs) => paragraphs.join('\n\n'));
}

/** A short text: 1 to 255 characters without controls, biased to marks that mean something to a format. */
export function shortText(): fc.Arbitrary<string> {
  const hostile = fc
    .array(
      fc.constantFrom(
        'a',
        'B',
        ' ',
        '*',
        '**',
        '"',
        '\\',
        '|',
        '&#x41;',
        '&amp;#x',
        ':',
        '#',
        '---',
        '\ufeff',
        '🚀',
        'ß',
        "'",
        '{',
        '%',
        '../',
        '\u2028',
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((pieces) => pieces.join(''));
  const plain = fc.constantFrom(
    'BTC',
    'ETH',
    'BTC,ETH,SOL',
    'allocation',
    'SESSION_CLOSE',
    'status_check',
    'LOW',
    'moha',
  );
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 2, arbitrary: hostile });
}
