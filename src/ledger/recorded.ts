import type { ArtifactCommit } from '../git/commit.js';

/** What a recording job wrote; `commit` is null when the artifact stood there already. */
export interface Recorded {
  readonly path: string;
  readonly commit: ArtifactCommit | null;
}
