/** Longest free text (action, reasoning, event, message, persona), in UTF-16 units. */
export const MAX_TEXT_LENGTH = 1_048_576;

/** Longest short text (asset, id, type, status, name, title), in UTF-16 units. */
export const MAX_SHORT_LENGTH = 255;

/** Longest JSON object of a record (metadata, identity, state), in UTF-16 units. */
export const MAX_JSON_LENGTH = 1_048_576;

/** Deepest nesting of a JSON object of a record. */
export const MAX_JSON_DEPTH = 64;

/** Most values in a JSON object of a record: strings, numbers, arrays, objects. */
export const MAX_JSON_VALUES = 200_000;

/** Most values in JSON that is read at all: bounds the memory that a file of a few megabytes can take. */
export const MAX_JSON_READ_VALUES = 250_000;

/** Deepest nesting of JSON that is read at all (a record's object stands a few levels down); its walkers recurse. */
export const MAX_JSON_READ_DEPTH = 80;

/** Most problems reported for one file; more are only counted. */
export const MAX_PROBLEMS = 1_000;
