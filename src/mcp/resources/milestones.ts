import { artifactList } from './artifact-list.js';

export const milestones = artifactList(
  {
    uri: 'maven://milestones',
    name: 'milestones',
    title: 'Milestones',
    description: 'Every milestone file at HEAD, newest first; maven_search_memory finds their texts.',
  },
  'milestones',
  () => null,
);
