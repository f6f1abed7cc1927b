import type { HeadMove } from './head-watch.js';

/** A client is not given more: each is looked at when HEAD moves. */
const MOST = 1000;

/** The resources that the client wants to hear of. */
export class Subscriptions {
  /** By URI: how the paths begin that it tells of. */
  readonly #tellsOf = new Map<string, readonly string[]>();

  /** @throws MavenError when no resource has that URI. */
  async add(uri: string): Promise<void> {
    const { findResource } = await import('./resources/find.js');
    const { MavenError } = await import('../index.js');
    const { resource, variables } = findResource(uri);
    if (this.#tellsOf.size >= MOST && !this.#tellsOf.has(uri))
      throw new MavenError('INPUT_INVALID', `more than ${MOST} subscriptions`, {
        hint: 'unsubscribe from some',
      });
    // A decision is told of by one file alone.
    const [file] = resource.uri === 'maven://decisions/{file}' ? variables : [];
    this.#tellsOf.set(uri, file === undefined ? resource.tellsOf : [`decisions/${file}`]);
  }

  remove(uri: string): void {
    this.#tellsOf.delete(uri);
  }

  /** @returns the URIs of resources that a move of HEAD changed. */
  changedBy({ changed }: HeadMove): readonly string[] {
    return [...this.#tellsOf]
      .filter(([, beginnings]) =>
        beginnings.some((beginning) => changed.some((path) => path.startsWith(beginning))),
      )
      .map(([uri]) => uri);
  }
}
