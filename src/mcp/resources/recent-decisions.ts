import { decisions as ask } from '../../index.js';
import { originOf } from '../answers/evidence.js';
import type { ServedResource } from './resource.js';

const RECENT = 10;

export const recentDecisions: ServedResource = {
  uri: 'maven://decisions/recent',
  name: 'recent-decisions',
  title: 'Recent decisions',
  description: 'The last 10 decisions by the time they were made, newest first.',
  tellsOf: ['decisions/'],
  read: async (session, _, call) => {
    const told = await session.ask(['decisions', { limit: RECENT }], call, (context) =>
      ask(context, { limit: RECENT }),
    );
    return {
      total: told.total,
      decisions: told.decisions.map(({ decision, decision_type, asset, confidence_pct, decided_at }) => ({
        filename: decision,
        type: decision_type,
        asset,
        confidence: confidence_pct,
        decided_at,
      })),
      untrusted: true,
      ...originOf(told),
    };
  },
};
