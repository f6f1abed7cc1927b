import { listArtifactsAtHead } from '../../index.js';
import { artifactOrAbsent } from './artifact-document.js';
import type { ServedResource } from './resource.js';

const FOLDER = '.moha/maven/personas/';
const OWN = `${FOLDER}maven.md`;

export const personality: ServedResource = {
  uri: 'maven://personality',
  name: 'personality',
  title: 'Personality',
  description:
    'How Maven speaks and decides: personas/maven.md at HEAD, or the first persona where there is no such file.',
  tellsOf: ['personas/'],
  read: async (session, _, call, cursor) => {
    const { artifacts } = await session.read(call, listArtifactsAtHead);
    const paths = artifacts.map(({ path }) => path).filter((path) => path.startsWith(FOLDER));
    const chosen = paths.includes(OWN) ? OWN : (paths[0] ?? OWN);
    const document = (await artifactOrAbsent(session, call, chosen, cursor)) as object;
    return { ...document, personas: paths.slice(0, 20).map((path) => path.slice(FOLDER.length)) };
  },
};
