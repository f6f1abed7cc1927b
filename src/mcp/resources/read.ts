import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { cleanAnswer } from '../answers/clean.js';
import type { Call } from '../call.js';
import type { McpSession } from '../session.js';
import { findResource } from './find.js';
import { JSON_TYPE } from './list.js';

/** Tells the resource of a URI as one JSON document. @throws MavenError RECORD_NOT_FOUND, INPUT_INVALID. */
export async function readResource(
  session: McpSession,
  uri: string,
  call: Call,
): Promise<ReadResourceResult> {
  const { resource, variables, cursor } = findResource(uri);
  const document = cleanAnswer(await resource.read(session, variables, call, cursor));
  return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(document) }] };
}
