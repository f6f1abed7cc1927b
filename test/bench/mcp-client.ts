import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

export interface McpClient {
  readonly client: Client;
  /** Of the server. */
  readonly pid: number | null;
  /** From the start of the process until the handshake was answered. */
  readonly seconds: number;
  /** @throws Error when the tool's answer is an error. */
  ask(tool: string, args: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Starts the built program as an MCP server and connects to it. */
export async function connectMcp(
  program: string,
  repository: string,
  env: Readonly<Record<string, string>>,
): Promise<McpClient> {
  const started = performance.now();
  const client = new Client({ name: 'bench', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp', '--repo', repository, '--quiet'],
    env: { ...(process.env as Record<string, string>), ...env },
    stderr: 'ignore',
  });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid,
    seconds: (performance.now() - started) / 1000,
    ask: async (tool, args) => {
      const { isError, content } = await client.callTool({ name: tool, arguments: { ...args } });
      if (isError === true) throw new Error(JSON.stringify(content));
    },
  };
}
