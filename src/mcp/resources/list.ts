import type { ListResourcesResult, Resource } from '@modelcontextprotocol/sdk/types.js';
import { listArtifactsAtHead } from '../../index.js';
import { readCursor, writeCursor } from '../answers/page.js';
import type { Call } from '../call.js';
import type { McpSession } from '../session.js';
import { RESOURCES } from './index.js';

const PAGE = 30;
const FOLDER = '.moha/maven/decisions/';
const SCOPE = 'resources/list';

/** Lists resources: first those of one URI, then every decision, newest first, a page at a time. */
export async function listResources(
  session: McpSession,
  call: Call,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const { offset } = readCursor(SCOPE, cursor);
  const { revision, artifacts } = await session.read(call, listArtifactsAtHead).catch((error: unknown) => {
    // Without a commit there is no decision; what the server has to tell is the same.
    if (offset === 0) return { revision: '', artifacts: [] };
    throw error;
  });
  const files = artifacts.filter(({ path }) => path.startsWith(FOLDER)).reverse();
  const fixed = RESOURCES.map(({ uri, name, title, description }) => ({
    uri,
    name,
    title,
    description,
    mimeType: JSON_TYPE,
  }));
  const listed = files.slice(offset, offset + PAGE).map(({ path }): Resource => {
    const file = path.slice(FOLDER.length);
    return { uri: `maven://decisions/${encodeURIComponent(file)}`, name: file, mimeType: JSON_TYPE };
  });
  const next = offset + listed.length;
  return {
    resources: offset === 0 ? [...fixed, ...listed] : listed,
    ...(next < files.length ? { nextCursor: writeCursor(SCOPE, next, revision) } : {}),
  };
}

export const JSON_TYPE = 'application/json';
