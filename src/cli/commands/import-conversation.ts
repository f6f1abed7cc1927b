import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { importConversation, MavenError } from '../../index.js';
import { type Command, textOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count } from '../output/table.js';

const SHOWN_PROBLEMS = 10;

export const importConversationCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('file', { type: 'string', describe: 'the transcript, one JSON object a line' })
      .example('$0 import conversation ~/.claude/projects/x/session.jsonl', 'again later: adds what is new'),
  run: async (runtime, args) => {
    const file = textOption(args, 'file') ?? '';
    const text = await readTranscript(file);
    const result = await importConversation(await runtime.context(), text, path.basename(file));
    runtime.printJson(result);
    for (const { line, message } of result.problems.slice(0, SHOWN_PROBLEMS)) {
      runtime.print(runtime.style.warn(`line ${line}: ${shortText(message, 160)}`));
    }
    const more = result.problems.length - SHOWN_PROBLEMS;
    if (more > 0) runtime.print(runtime.style.warn(`... and ${count(more)} more`));
    runtime.print(`${count(result.messages)} messages  ${safeText(result.path)}`);
    runtime.print(describePublished(runtime.style, result.commit, result.published));
    return 0;
  },
};

async function readTranscript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new MavenError('FILE_UNREADABLE', `cannot read ${file}: ${(error as Error).message}`, {
      hint: 'name a file that exists and that you may read',
      cause: error,
    });
  }
}
