import { updateIdentity } from '../../index.js';
import { recordCommand } from './record.js';

export const recordIdentityCommand = recordCommand({
  fields: [
    {
      option: 'patch',
      property: 'patch',
      describe: 'a JSON object that is merged into identity.json: objects by key, anything else replaced',
      question: { message: 'What to change (a JSON object)', required: true },
    },
  ],
  examples: [
    [`$0 record identity --patch '{"risk":{"max_leverage":"3"}}'`, 'keys that it does not name stay'],
  ],
  record: updateIdentity,
});
