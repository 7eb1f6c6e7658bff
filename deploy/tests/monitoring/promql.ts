/** What an expression of PromQL asks of the series that it reads. */
export interface Expression {
  /** The labels that its selectors name, by metric. */
  metrics: Map<string, Set<string>>;
  /** Labels that it groups or joins by. */
  grouping: Set<string>;
}

const WORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'and',
  'or',
  'unless',
  'bool',
  'offset',
]);
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/** Reads the names of an expression. It need not be valid: Prometheus says whether it is. */
export function readExpression(text: string): Expression {
  const grouping = new Set<string>();
  const metrics = new Map<string, Set<string>>();
  // Strings may hold anything, and ranges hold units.
  const bare = text
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\[[^\]]*\]/g, '')
    .replace(GROUPING, (_, names: string) => {
      for (const name of names.split(',')) if (name.trim()) grouping.add(name.trim());
      return '';
    });
  for (const [, name = '', labels = ''] of bare.matchAll(
    /(?<!\w)([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?(?![\w:]|\s*\()/g,
  )) {
    if (WORDS.has(name) || /^\d/.test(name)) continue;
    const known = metrics.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)) known.add(label as string);
    metrics.set(name, known);
  }
  return { metrics, grouping };
}
