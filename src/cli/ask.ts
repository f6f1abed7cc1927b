import { MavenError } from '../index.js';
import type { CliIo } from './io.js';

/** How a field is asked for. */
export interface Question {
  readonly message: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  /** True, or what is wrong with the answer. */
  readonly validate?: (answer: string) => true | string;
}

/** For questions about confidence; the job has the last word. */
export function validatePercent(answer: string): true | string {
  const text = answer.trim();
  if (
    text === '' ||
    (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) <= 100 && (Number(text) > 1 || Number(text) === 0))
  )
    return true;
  return 'a number from 0 to 100, such as 82';
}

/**
 * Asks for fields on the terminal. An empty answer to an optional question leaves the field out.
 *
 * @throws {@link MavenError} INPUT_INVALID when the person breaks off (Ctrl+C); nothing was written then.
 */
export async function ask<K extends string>(
  io: CliIo,
  fields: readonly { readonly property: K; readonly question?: Question }[],
): Promise<Partial<Record<K, string>>> {
  const { input, select } = await import('@inquirer/prompts');
  const streams = { input: io.stdin as NodeJS.ReadStream, output: io.stderr as NodeJS.WriteStream };
  const answers: Partial<Record<K, string>> = {};
  for (const { property, question } of fields) {
    if (question === undefined) continue;
    const { message, choices, required = false, validate = () => true } = question;
    const answer = await (choices === undefined
      ? input({ message, required, validate }, streams)
      : select({ message, choices: choices.map((value) => ({ value })) }, streams)
    ).catch(brokenOff);
    if (answer.trim() !== '') answers[property] = answer;
  }
  return answers;
}

function brokenOff(error: unknown): never {
  if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
  throw new MavenError('INPUT_INVALID', 'broken off: nothing was recorded', {
    hint: 'run it again when you are ready',
  });
}
