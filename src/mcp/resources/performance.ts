import { listArtifactsAtHead } from '../../index.js';
import { DEFAULT_TOKENS } from '../answers/page.js';
import { tellPerformance } from '../tools/performance.js';
import type { ServedResource } from './resource.js';

const PERIODS = ['all_time', 'month', 'week', 'day', 'hour'];

export const performance: ServedResource = {
  uri: 'maven://performance/{period}/{label}',
  name: 'performance',
  title: 'Performance of a period',
  description:
    'What the trades of an hour, day, week, month or of all time earned, as maven_performance tells it.',
  tellsOf: ['trades/', 'metrics/', 'snapshots/', 'decisions/'],
  read: async (session, [period = '', label = ''], call, cursor) => {
    const { answer } = await tellPerformance(
      session,
      { period, label, cursor, max_tokens: DEFAULT_TOKENS },
      call,
    );
    return answer;
  },
  complete: async (session, variable, begun, others, call) => {
    if (variable === 'period') return PERIODS.filter((period) => period.startsWith(begun));
    const { artifacts } = await session.read(call, listArtifactsAtHead);
    const periods = others.period === undefined ? PERIODS : [others.period];
    return periods.flatMap((period) => {
      const folder = `.moha/maven/metrics/${period}/`;
      return artifacts
        .map(({ path }) => path)
        .filter((path) => path.startsWith(folder) && path.endsWith('.md'))
        .map((path) => path.slice(folder.length, -'.md'.length))
        .filter((label) => label.startsWith(begun))
        .reverse();
    });
  },
};
