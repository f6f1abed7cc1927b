import { recordDecision } from '../../index.js';
import { validatePercent } from '../ask.js';
import { recordCommand } from './record.js';

export const recordDecisionCommand = recordCommand({
  fields: [
    {
      option: 'type',
      property: 'type',
      describe: 'what kind of decision: buy, sell, allocation, ...',
      question: { message: 'Type (buy, sell, allocation, ...)', required: true },
    },
    {
      option: 'asset',
      property: 'asset',
      describe: 'one asset or several: BTC, or BTC,ETH',
      question: { message: 'Asset (empty for none)' },
    },
    {
      option: 'risk',
      property: 'risk',
      describe: 'risk level: low, medium, high',
      question: { message: 'Risk level', choices: ['low', 'medium', 'high'] },
    },
    {
      option: 'confidence',
      property: 'confidence',
      describe: 'in percent, 0 to 100',
      question: { message: 'Confidence in percent (0 to 100)', validate: validatePercent },
    },
    {
      option: 'action',
      property: 'action',
      describe: 'what is done',
      question: { message: 'Action', required: true },
    },
    {
      option: 'reasoning',
      property: 'reasoning',
      describe: 'why',
      question: { message: 'Reasoning' },
    },
    { option: 'metadata', property: 'metadata', describe: 'a JSON object' },
    { option: 'decided-at', property: 'decidedAt', describe: 'ISO 8601 with a zone; now when absent' },
  ],
  examples: [
    [
      '$0 record decision --type buy --asset BTC --confidence 82 --action "Open 0.1 BTC long" --reasoning "..."',
      '',
    ],
    ['echo \'{"type":"hold","action":"..."}\' | $0 record decision --json -', 'fields as JSON from stdin'],
    ['$0 record decision', 'asks for the fields, on a terminal'],
  ],
  record: recordDecision,
});
