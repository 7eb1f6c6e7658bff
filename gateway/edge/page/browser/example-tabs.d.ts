export interface ExampleTab {
  query: string;
  variables?: Record<string, unknown>;
  as?: 'ada' | 'bo';
  needs?: Record<string, string>;
  gives?: Record<string, string>;
}
export const examples: readonly ExampleTab[];
