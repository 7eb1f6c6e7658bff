/*
 * What an operator wants to know when a service does not start: which variable is wrong. Each examination
 * opens a connection of its own, looks, and closes it. Messages name the variable, never the secret.
 */

/** How long an examination may take, in ms, unless its caller says otherwise. */
export const TIMEOUT = 3_000;

/** Why a base service cannot be used. */
export interface Fault {
  /** Whole sentences: what happened, and what to do. */
  message: string;
  /** The server answered that what it was told is wrong: waiting does not help. */
  isFinal: boolean;
  /** Commands that mend it, or that show more; what stands in <> is for the reader to fill in. */
  commands: readonly string[];
}

export const final = (message: string, ...commands: string[]): Fault => ({ message, isFinal: true, commands });
export const passing = (message: string, ...commands: string[]): Fault => ({ message, isFinal: false, commands });

/** The first line of a message without what the driver puts around it, so that it fits into a sentence. */
export function brief(message: string): string {
  const [line = ''] = message.replace(/^\(conn:[^)]*\)\s*/, '').split('\n');
  return line.replace(/[.\s]+$/, '').slice(0, 200);
}
