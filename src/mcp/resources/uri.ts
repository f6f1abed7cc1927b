import { MavenError } from '../../index.js';

export interface ReadUri {
  /** Parts between slashes, decoded. */
  readonly parts: readonly string[];
  readonly cursor: string | undefined;
}

const LONGEST = 1000;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Takes a `maven:` URI apart. Variables arrive percent-encoded: they are decoded once, and then judged, so that nothing
 * gets in encoded that would be refused plain.
 *
 * @throws {@link MavenError} INPUT_INVALID when it is none, or holds what no name has.
 */
export function readUri(uri: string): ReadUri {
  if (uri.length > LONGEST) throw invalid(`a URI of ${uri.length} characters`);
  const [, path, cursor] = /^maven:\/\/([^?#]*)(?:\?cursor=([A-Za-z0-9_-]+))?$/.exec(uri) ?? [];
  if (path === undefined) throw invalid('another form than maven://name');
  return { parts: path.split('/').map(decoded), cursor };
}

function decoded(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw invalid('a percent sign that encodes nothing');
  }
  if (text === '' || text === '.' || text === '..') throw invalid('an empty part, "." or ".."');
  if (CONTROL.test(text) || !text.isWellFormed()) throw invalid('a control character');
  if (text.includes('\\') || text.split('/').some((name) => name === '' || name === '.' || name === '..'))
    throw invalid('a name that leaves its folder');
  return text;
}

function invalid(what: string): MavenError {
  return new MavenError('INPUT_INVALID', `the URI has ${what}`, {
    hint: 'take a URI that resources/list or resources/templates/list names',
  });
}
