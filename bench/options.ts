/** What the command line says. */
export interface Options {
  /** The command line itself. */
  command: string;
  seconds: number;
  points: number[] | undefined;
  isWanted(name: string): boolean;
  profile?: string | undefined;
  write: boolean;
}
