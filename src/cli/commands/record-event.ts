import { recordEvent } from '../../index.js';
import { recordCommand } from './record.js';

export const recordEventCommand = recordCommand({
  fields: [
    {
      option: 'type',
      property: 'type',
      describe: 'kind of event, such as SESSION_CLOSE',
      question: { message: 'Type (such as SESSION_CLOSE)', required: true },
    },
    { option: 'text', property: 'text', describe: 'what happened', question: { message: 'What happened' } },
    { option: 'metadata', property: 'metadata', describe: 'a JSON object' },
    { option: 'occurred-at', property: 'occurredAt', describe: 'ISO 8601 with a zone; now when absent' },
  ],
  examples: [['$0 record event --type SESSION_CLOSE --text "Closed the week flat."', '']],
  record: recordEvent,
});
