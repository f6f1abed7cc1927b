/**
 * Version of the rules by which artifacts become rows. Raise it with any change to parsers, mapping or schema that
 * gives other rows for the same text: every row is then made anew at the next reconcile.
 */
export const FORMAT_VERSION = 4;
