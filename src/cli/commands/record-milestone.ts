import { recordMilestone } from '../../index.js';
import { recordCommand } from './record.js';

export const recordMilestoneCommand = recordCommand({
  fields: [
    {
      option: 'title',
      property: 'title',
      describe: 'one line',
      question: { message: 'Title', required: true },
    },
    {
      option: 'text',
      property: 'text',
      describe: 'what was reached',
      question: { message: 'What was reached' },
    },
    { option: 'metadata', property: 'metadata', describe: 'a JSON object' },
    { option: 'achieved-at', property: 'achievedAt', describe: 'ISO 8601 with a zone; now when absent' },
  ],
  examples: [['$0 record milestone --title "First profitable month" --text "+412.50 USD net"', '']],
  record: recordMilestone,
});
