import { counter, histogram } from '../observe/metrics.ts';

/** Outcome of an operation: data alone, data with errors, or not executed. */
export type Outcome = 'ok' | 'errors' | 'refused';

const operations = counter(
  'beaver_operations_total',
  'Queries and mutations that were answered, and subscriptions that were begun.',
  ['kind', 'outcome'],
);
const durations = histogram('beaver_operation_duration_seconds', 'From an operation to its answer.', ['kind']);
const errors = counter(
  'beaver_errors_total',
  'Errors that clients were told, by code: those in `errors` and those that results name.',
  ['code'],
);
// For Prometheus a series that begins at 1 has not increased: those that alerts watch are there from the
// start.
for (const code of ['INTERNAL', 'UNAVAILABLE', 'OVERLOADED']) errors.of(code);

/** Metrics of operations of one kind. */
interface Meter {
  ok: { count: number };
  errors: { count: number };
  refused: { count: number };
  duration: { observe(seconds: number): void };
}

const meter = (kind: string): Meter => ({
  ok: operations.of(kind, 'ok'),
  errors: operations.of(kind, 'errors'),
  refused: operations.of(kind, 'refused'),
  duration: durations.of(kind),
});
const METERS: Record<string, Meter> = {
  query: meter('query'),
  mutation: meter('mutation'),
  subscription: meter('subscription'),
};
const UNKNOWN = meter('unknown');

/**
 * Counts an answered operation. `kind`: query, mutation or subscription; undefined if it could not be read.
 * `startedAt` is of `performance.now()`.
 */
export function measureOperation(kind: string | undefined, outcome: Outcome, startedAt: number): void {
  const measured = (kind !== undefined && METERS[kind]) || UNKNOWN;
  measured[outcome].count += 1;
  measured.duration.observe((performance.now() - startedAt) / 1000);
}

export function outcomeOf(result: { data?: unknown; errors?: readonly unknown[] | undefined }): Outcome {
  if (!result.errors?.length) return 'ok';
  return result.data == null ? 'refused' : 'errors';
}

/** Counts an error sent to a client. Codes are those of the catalogue: a few dozen words. */
export function countError(code: unknown): void {
  errors.add(typeof code === 'string' ? code : 'none');
}
