import { artifactOrAbsent } from './artifact-document.js';
import type { ServedResource } from './resource.js';

export const memory: ServedResource = {
  uri: 'maven://memory',
  name: 'memory',
  title: 'Memory',
  description: 'The session log at HEAD, its end first; next_cursor leads to what was before.',
  tellsOf: ['session_log.md'],
  read: (session, _, call, cursor) =>
    artifactOrAbsent(session, call, '.moha/maven/session_log.md', cursor, 'end'),
};
