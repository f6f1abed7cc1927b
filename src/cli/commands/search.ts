import { type MemoryHit, type SearchAnswer, searchMemory } from '../../index.js';
import { atOption } from '../at-option.js';
import { type Command, type CommandRuntime, textOption, textOptions } from '../command.js';
import { moreLine, sourceNotice, sourceText } from '../output/evidence-lines.js';
import { safeText, shortText } from '../output/safe-text.js';
import { things } from '../output/table.js';
import { secondText } from '../output/time-text.js';
import { wholeNumber } from '../whole-number.js';

export const searchCommand: Command = {
  build: (yargs) =>
    atOption
      .build(yargs)
      .positional('text', { type: 'string', describe: 'words; "a phrase", or, -not as in a web search' })
      .option('limit', { type: 'string', default: '10', describe: 'how many are listed at most' })
      .option('cursor', { type: 'string', describe: 'next_cursor of the page before' })
      .example('$0 search funding', 'where events, conversations, insights and decisions speak of it')
      .example('$0 search \'"stop loss" -ETH\'', 'a phrase, without a word'),
  run: async (runtime, args) => {
    const answer = await searchMemory(await runtime.context(), {
      ...atOption.read(args),
      text: textOption(args, 'text') ?? '',
      limit: wholeNumber('--limit', textOption(args, 'limit'), 1, 100),
      ...textOptions(args, ['cursor']),
    });
    runtime.printJson(answer);
    runtime.print(render(runtime, answer));
    return 0;
  },
};

function render({ style }: CommandRuntime, answer: SearchAnswer): string {
  const lines = [...sourceNotice(style, answer)];
  if (answer.hits.length === 0)
    lines.push(
      answer.reason === null ? 'nothing fits' : `nothing was looked for: ${safeText(answer.reason)}`,
    );
  for (const hit of answer.hits) lines.push(...hitLines(style.bold, style.dim, hit));
  lines.push(...moreLine(style, answer.total, answer.returned, 'that fit; --limit and --cursor show more'));
  return [...lines, style.dim(`  ${things(answer.total, 'record')}; ${sourceText(answer)}`)].join('\n');
}

function hitLines(
  bold: (text: string) => string,
  dim: (text: string) => string,
  hit: MemoryHit,
): readonly string[] {
  const title = hit.title === null ? '' : `  ${shortText(hit.title, 60)}`;
  return [
    `${bold(`${hit.kind} ${shortText(hit.type, 30)}`)}  ${secondText(hit.at)}${title}`,
    `  ${shortText(hit.excerpt, 300)}`,
    dim(`  ${safeText(hit.git_path)}:${hit.git_line}`),
    '',
  ];
}
