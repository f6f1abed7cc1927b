import { MavenError } from '../../index.js';
import { RESOURCES, TEMPLATES } from './index.js';
import type { ServedResource } from './resource.js';
import { readUri } from './uri.js';

export interface FoundResource {
  readonly resource: ServedResource;
  readonly variables: readonly string[];
  readonly cursor: string | undefined;
}

/** Finds what a URI names. @throws {@link MavenError} INPUT_INVALID; RECORD_NOT_FOUND when nothing has that form. */
export function findResource(uri: string): FoundResource {
  const { parts, cursor } = readUri(uri);
  const [head = '', ...rest] = parts;
  const fixed = RESOURCES.find((resource) => resource.uri === `maven://${parts.join('/')}`);
  if (fixed !== undefined) return { resource: fixed, variables: [], cursor };
  for (const template of TEMPLATES) {
    const [own, ...variables] = template.uri.slice('maven://'.length).split('/');
    // The one slash of a trade's key may stand as it is: maven://trades/moha/123.
    const values = head === 'trades' && rest.length === 2 ? [rest.join('/')] : rest;
    if (own === head && variables.length === values.length)
      return { resource: template, variables: values, cursor };
  }
  throw new MavenError('RECORD_NOT_FOUND', 'no resource has a URI of that form', {
    hint: 'take one that resources/list or resources/templates/list names',
  });
}
