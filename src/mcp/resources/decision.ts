import { listArtifactsAtHead } from '../../index.js';
import { artifactDocument } from './artifact-document.js';
import type { ServedResource } from './resource.js';

const FOLDER = '.moha/maven/decisions/';

export const decision: ServedResource = {
  uri: 'maven://decisions/{file}',
  name: 'decision',
  title: 'A decision',
  description: 'The text of a decision at HEAD, by its file name.',
  tellsOf: ['decisions/'],
  read: (session, [file = ''], call, cursor) => artifactDocument(session, call, `${FOLDER}${file}`, cursor),
  complete: async (session, _, begun, __, call) => {
    const { artifacts } = await session.read(call, listArtifactsAtHead);
    return artifacts
      .map(({ path }) => path)
      .filter((path) => path.startsWith(`${FOLDER}${begun}`))
      .map((path) => path.slice(FOLDER.length))
      .reverse();
  },
};
