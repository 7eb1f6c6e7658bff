export const SUPPORTED_NODE: string;
export function nodeFault(version: string): string | null;
