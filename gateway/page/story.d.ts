export const story: readonly { query: string; variables?: Record<string, unknown> }[];
