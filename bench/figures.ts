/** The value below which `share` of the sorted values lie. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export interface Latency {
  p50: number;
  p99: number;
  max: number;
}

/** Milliseconds in the unit they came in. */
export function latencyOf(values: number[]): Latency {
  const sorted = Float64Array.from(values).sort();
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
}

/** Of what was measured several times, by `keyOf`, the one whose `cost` is in the middle. */
export function middle<Row>(rows: readonly Row[], keyOf: (row: Row) => string, cost: (row: Row) => number): Row[] {
  return Object.values(Object.groupBy(rows, keyOf)).map((same = []) => {
    const sorted = same.toSorted((a, b) => cost(a) - cost(b));
    return sorted[sorted.length >> 1] as Row;
  });
}

/** Three digits that count, with commas: 12,300; 4.56; 0.071. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 3) });
}

/** A ratio: `4.5×`. */
export function times(value: number): string {
  return Number.isFinite(value) ? `${short(value)}×` : '–';
}

/** A Markdown table, its columns padded; all but the first are numbers, to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const pad = (text: string, column: number) => {
    const width = widths[column] as number;
    return column === 0 ? text.padEnd(width) : text.padStart(width);
  };
  const line = (cells: string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
