/** What a helper process is asked, and what it answers. */
export interface Question {
  id: number;
  name: string;
  parameters: unknown;
}

export type Reply = { id: number; result: unknown } | { id: number; error: string };

// biome-ignore lint/suspicious/noExplicitAny: each command has its own parameters, which its caller gives by the same type
export type Commands = Record<string, (parameters: any) => unknown>;

/** Answers what the parent process asks, and ends with it. */
export function serveParent(commands: Commands): void {
  process.on('message', async ({ id, name, parameters }: Question) => {
    try {
      const command = commands[name];
      if (!command) throw new Error(`no command ${name}`);
      reply({ id, result: await command(parameters) });
    } catch (error) {
      reply({ id, error: String((error as Error).stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

function reply(message: Reply): void {
  process.send?.(message);
}
