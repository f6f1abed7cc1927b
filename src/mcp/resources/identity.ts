import { artifactOrAbsent } from './artifact-document.js';
import type { ServedResource } from './resource.js';

export const identity: ServedResource = {
  uri: 'maven://identity',
  name: 'identity',
  title: 'Identity',
  description: 'Who Maven is: identity.json at HEAD.',
  tellsOf: ['identity.json'],
  read: (session, _, call, cursor) => artifactOrAbsent(session, call, '.moha/maven/identity.json', cursor),
};
