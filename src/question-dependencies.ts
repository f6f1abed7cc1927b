import type { Context } from './context.js';
import type { QuestionDependencies } from './projection/questions/ask-projection.js';

/** What questions are asked with; the database is opened when it is asked. */
export function questionDependencies(context: Context): QuestionDependencies {
  const { repository, progress, scratch } = context;
  return { repository, progress, scratch, database: () => context.database() };
}
