import { recordInsight } from '../../index.js';
import { validatePercent } from '../ask.js';
import { recordCommand } from './record.js';

export const recordInsightCommand = recordCommand({
  fields: [
    {
      option: 'type',
      property: 'type',
      describe: 'kind of observation: momentum, funding, regime, ...',
      question: { message: 'Type (momentum, funding, regime, ...)', required: true },
    },
    {
      option: 'asset',
      property: 'asset',
      describe: 'one asset or several',
      question: { message: 'Asset (empty for none)' },
    },
    {
      option: 'confidence',
      property: 'confidence',
      describe: 'in percent, 0 to 100',
      question: { message: 'Confidence in percent (0 to 100)', validate: validatePercent },
    },
    {
      option: 'text',
      property: 'text',
      describe: 'the observation',
      question: { message: 'Observation', required: true },
    },
    { option: 'metadata', property: 'metadata', describe: 'a JSON object' },
    { option: 'observed-at', property: 'observedAt', describe: 'ISO 8601 with a zone; now when absent' },
  ],
  examples: [
    ['$0 record insight --type funding --asset ETH --text "Funding turned negative on three venues."', ''],
  ],
  record: recordInsight,
});
