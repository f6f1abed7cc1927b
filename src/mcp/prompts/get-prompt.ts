import type { GetPromptResult } from '@modelcontextprotocol/sdk/types.js';
import { MavenError } from '../../index.js';
import { cleanText } from '../answers/clean.js';
import { PROMPTS } from './index.js';

const LONGEST = 200;

/** Fills a prompt in. @throws {@link MavenError} INPUT_INVALID for an unknown prompt or argument, or a missing one. */
export function getPrompt(name: string, args: Readonly<Record<string, string>>): GetPromptResult {
  const prompt = PROMPTS.find((known) => known.name === name);
  if (prompt === undefined)
    throw invalid(
      `no prompt is named ${JSON.stringify(cleanText(name).slice(0, 64))}`,
      `there are ${PROMPTS.map((known) => known.name).join(', ')}`,
    );
  const known = prompt.arguments.map((argument) => argument.name);
  const unknown = Object.keys(args).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw invalid(
      `${name} has no argument ${JSON.stringify(cleanText(unknown).slice(0, 64))}`,
      known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`,
    );
  const given = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      cleanText(value).replace(/\s+/g, ' ').trim().slice(0, LONGEST),
    ]),
  );
  for (const { name: needed, required } of prompt.arguments) {
    if (required && (given[needed] ?? '') === '') throw invalid(`${needed} is missing`, `give ${needed}`);
  }
  return {
    description: prompt.description,
    messages: [{ role: 'user', content: { type: 'text', text: prompt.text(given) } }],
  };
}

function invalid(message: string, hint: string): MavenError {
  return new MavenError('INPUT_INVALID', message, { hint });
}
