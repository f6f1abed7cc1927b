import { artifactList } from './artifact-list.js';

export const decisions = artifactList(
  {
    uri: 'maven://decisions',
    name: 'decisions',
    title: 'Decisions',
    description: 'Every decision file at HEAD, newest first; maven_list_decisions tells what became of them.',
  },
  'decisions',
  (file) => `maven://decisions/${encodeURIComponent(file)}`,
);
