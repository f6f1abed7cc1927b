import { z } from 'zod';
import { updateIdentity as update } from '../../index.js';
import { writtenAnswer, writtenSchema } from '../answers/written.js';
import { jsonObject, recordInput } from './arguments.js';
import { tool } from './tool.js';

export const updateIdentity = tool({
  name: 'maven_update_identity',
  title: 'Update the identity',
  description:
    'Merges an object into identity.json: objects by key, anything else replaced; keys that it does not name stay, nothing is deleted.',
  effect: 'updates',
  input: z.strictObject({ patch: jsonObject.describe('what to change; long numbers as text') }),
  output: writtenSchema,
  run: async (session, { patch }, call) =>
    writtenAnswer(await session.write(call, (context) => update(context, recordInput({ patch })))),
});
