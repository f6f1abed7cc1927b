import type { Call } from '../call.js';
import type { McpSession } from '../session.js';

/** A resource, or a family of them. */
export interface ServedResource {
  /** `maven://identity`; a family has variables: `maven://decisions/{file}`. */
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The artifacts that it tells of, by how their paths begin below `.moha/maven/`: when one changes, so does it. */
  readonly tellsOf: readonly string[];
  /**
   * Tells it as one JSON document.
   *
   * @param variables - decoded, in the order in which they stand in the URI; none has a control character.
   * @param cursor - where to go on, as the answer before said.
   */
  readonly read: (
    session: McpSession,
    variables: readonly string[],
    call: Call,
    cursor: string | undefined,
  ) => Promise<unknown>;
  /** Values of a variable that begin so; given those before it. */
  readonly complete?: (
    session: McpSession,
    variable: string,
    begun: string,
    others: Readonly<Record<string, string>>,
    call: Call,
  ) => Promise<readonly string[]>;
}
