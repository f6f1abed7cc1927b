import type { CallToolResult, Tool as ToolDescription } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { MavenError } from '../../index.js';
import { cleanAnswer, cleanText } from '../answers/clean.js';
import { failureOf } from '../answers/failure.js';
import { checkArguments } from '../answers/json-argument.js';
import type { Call } from '../call.js';
import type { McpSession } from '../session.js';

/** What a tool is, as its file tells it. */
export interface ToolDefinition<I extends z.ZodObject, O extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: O;
  readonly effect: ToolEffect;
  readonly run: (
    session: McpSession,
    input: z.output<I>,
    call: Call,
  ) => Promise<{ readonly line: string; readonly answer: z.input<O> }>;
}

/**
 * `reads`: changes nothing. `adds`: writes something new. `updates`: may change what is there. `projects`: changes the
 * database alone, to what git says. All but `adds` do nothing more when they are called again.
 */
export type ToolEffect = 'reads' | 'adds' | 'updates' | 'projects';

/** A tool as it is served. */
export interface ServedTool {
  readonly effect: ToolEffect;
  readonly name: string;
  describe(): ToolDescription;
  call(session: McpSession, args: unknown, call: Call): Promise<CallToolResult>;
}

/** Makes a tool out of its definition: arguments checked, the answer cleaned, failures told. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(
  definition: ToolDefinition<I, O>,
): ServedTool {
  const { name, title, description, input, output, effect, run } = definition;
  return {
    name,
    effect,
    describe: () => ({
      name,
      title,
      description,
      inputSchema: schemaOf(input, 'input'),
      outputSchema: schemaOf(output, 'output'),
      annotations: {
        title,
        readOnlyHint: effect === 'reads',
        destructiveHint: effect === 'updates',
        idempotentHint: effect !== 'adds',
        openWorldHint: false,
      },
    }),
    call: async (session, args, call) => {
      try {
        const { line, answer } = await run(session, readArguments(input, args), call);
        return {
          content: [{ type: 'text', text: cleanText(line).replace(/\s+/g, ' ') }],
          structuredContent: cleanAnswer(answer) as Record<string, unknown>,
        };
      } catch (error) {
        if (call.signal.aborted) return { content: [{ type: 'text', text: 'CANCELLED' }], isError: true };
        const failure = failureOf(error, session.logger);
        // No structured content: clients hold that of a failure, too, against the schema of the answer.
        return {
          content: [{ type: 'text', text: `${failure.code}: ${failure.message}; ${failure.hint}` }],
          isError: true,
        };
      }
    },
  };
}

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): ToolDescription['inputSchema'] {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  return shorter(json) as ToolDescription['inputSchema'];
}

/** Says the same in less: a list of tools is read by a model each time. */
function shorter(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(shorter);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { anyOf, ...rest } = schema as { readonly anyOf?: readonly { readonly type?: unknown }[] };
  const entries = Object.entries(rest).filter(
    ([key, value]) =>
      !(key === 'maximum' || key === 'minimum') || Math.abs(Number(value)) < Number.MAX_SAFE_INTEGER,
  );
  const short = Object.fromEntries(entries.map(([key, value]) => [key, shorter(value)]));
  if (anyOf === undefined) return short;
  const [first, second] = anyOf;
  if (anyOf.length === 2 && typeof first?.type === 'string' && second?.type === 'null' && !('enum' in first))
    return { ...(shorter(first) as object), ...short, type: [first.type, 'null'] };
  return { ...short, anyOf: anyOf.map(shorter) };
}

const MOST_MISTAKES = 5;

function readArguments<I extends z.ZodObject>(input: I, args: unknown): z.output<I> {
  checkArguments(args);
  const reading = input.safeParse(args ?? {});
  if (reading.success) return reading.data;
  const mistakes = reading.error.issues
    .slice(0, MOST_MISTAKES)
    .map(({ path, message }) => `${path.length === 0 ? 'arguments' : path.join('.')}: ${message}`);
  throw new MavenError('INPUT_INVALID', mistakes.join('; ').slice(0, 1000), {
    hint: 'see the input schema of this tool, and call again',
  });
}
