import { artifactOrAbsent } from './artifact-document.js';
import type { ServedResource } from './resource.js';

export const infrastructure: ServedResource = {
  uri: 'maven://infrastructure',
  name: 'infrastructure',
  title: 'Infrastructure',
  description: 'What Maven knows of her platform: infrastructure.json at HEAD.',
  tellsOf: ['infrastructure.json'],
  read: (session, _, call, cursor) =>
    artifactOrAbsent(session, call, '.moha/maven/infrastructure.json', cursor),
};
