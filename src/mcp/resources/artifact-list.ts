import { listArtifactsAtHead } from '../../index.js';
import { movedNotice, readCursor, takePage } from '../answers/page.js';
import type { ServedResource } from './resource.js';

/** What is told of each file. */
interface ListedFile {
  readonly file: string;
  readonly path: string;
  /** The resource that tells it; null = none does but the file itself. */
  readonly uri: string | null;
}

/** Makes a resource that lists the artifacts of a folder, newest first, since their names begin with their time. */
export function artifactList(
  named: Pick<ServedResource, 'uri' | 'name' | 'title' | 'description'>,
  folder: string,
  uriOf: (file: string) => string | null,
): ServedResource {
  const inside = `.moha/maven/${folder}/`;
  return {
    ...named,
    tellsOf: [`${folder}/`],
    read: async (session, _, call, cursor) => {
      const scope = ['list', folder];
      const start = readCursor(scope, cursor);
      const { revision, artifacts } = await session.read(call, listArtifactsAtHead);
      const files = artifacts.filter(({ path }) => path.startsWith(inside)).reverse();
      const items = files.slice(start.offset, start.offset + 200).map(({ path }): ListedFile => {
        const file = path.slice(inside.length);
        return { file, path, uri: uriOf(file) };
      });
      const more = start.offset + items.length < files.length;
      const page = takePage(scope, start, revision, items, more);
      return {
        total: files.length,
        [folder]: page.items,
        revision,
        source: 'git',
        behind_by: 0,
        notice: movedNotice(start, revision),
        next_cursor: page.next_cursor,
      };
    },
  };
}
