import { type ArtifactListing, type Context, headRevision, listArtifactsAtHead } from '../index.js';

/** What changed in the artifacts when HEAD moved. */
export interface HeadMove {
  readonly revision: string;
  /** Paths below `.moha/maven/` that came, went or have other bytes. */
  readonly changed: readonly string[];
  /** Whether files came or went. */
  readonly listChanged: boolean;
}

const INTERVAL_MS = 500;
const ROOT = '.moha/maven/';

/**
 * Tells when HEAD moves, whoever moves it. It looks at two small files twice a second: a file watcher misses packed
 * refs, linked worktrees and network disks.
 */
export class HeadWatch {
  #timer: NodeJS.Timeout | null = null;
  #known: ArtifactListing | null = null;
  #looking: Promise<void> | null = null;

  constructor(
    private readonly context: Context,
    private readonly onMove: (move: HeadMove) => void,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => this.look(), INTERVAL_MS).unref();
    this.look();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Looks at once. */
  look(): void {
    this.#looking ??= this.#compare()
      // A branch in the middle of being written, a repository without a commit: the next look tells.
      .catch((error: unknown) => this.context.logger.debug(`HEAD cannot be read now: ${String(error)}`))
      .finally(() => {
        this.#looking = null;
      });
  }

  async #compare(): Promise<void> {
    const known = this.#known;
    const revision = await headRevision(this.context);
    if (revision === null || revision === known?.revision) return;
    const listing = await listArtifactsAtHead(this.context);
    this.#known = listing;
    if (known === null) return;
    const before = new Map(known.artifacts.map(({ path, oid }) => [path, oid]));
    const after = new Map(listing.artifacts.map(({ path, oid }) => [path, oid]));
    const came = [...after.keys()].filter((path) => !before.has(path));
    const went = [...before.keys()].filter((path) => !after.has(path));
    const other = [...after].filter(([path, oid]) => before.has(path) && before.get(path) !== oid);
    const changed = [...came, ...went, ...other.map(([path]) => path)].map((path) => path.slice(ROOT.length));
    this.onMove({
      revision: listing.revision,
      changed,
      listChanged: came.length > 0 || went.length > 0,
    });
  }
}
