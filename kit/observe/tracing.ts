import { newUuid } from '../base/ids.ts';
import { type CurrentRequest, currentRequest } from './request.ts';
import type { Span, SpanOptions, Tracer } from './span.ts';

/**
 * Traces: what a request did, in which process and for how long, from the gateway to the database. They are
 * switched on by the standard variable `OTEL_EXPORTER_OTLP_ENDPOINT`. Without it nothing of OpenTelemetry is
 * loaded, and all that is left at the places below is to see that `tracer` is null.
 *
 * The spans are made at the few places that matter, and not by what patches modules from outside: that needs
 * a say in how they are loaded, and traces what nobody asks for. Only what belongs to a request is traced, so
 * background work is not.
 */
let tracer: Tracer | null = null;

/**
 * Begins to trace if the environment says where to. `service`: what this process is called there, unless
 * `OTEL_SERVICE_NAME` says otherwise.
 */
export async function startTracing(service: string, environment = process.env): Promise<void> {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT && !environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return;
  const { createTracer } = await import('./opentelemetry.ts');
  tracer = createTracer(environment.OTEL_SERVICE_NAME || service, environment);
}

export async function flushTraces(): Promise<void> {
  await tracer?.flush();
}

export function isTracing(): boolean {
  return tracer !== null;
}

/**
 * Works on a request, which has come with its `traceparent` or begins a trace here; `name` is null for what
 * is not worth one.
 */
export function runRequest<T>(
  request: CurrentRequest,
  { name, traceparent }: { name: string | null; traceparent?: unknown },
  work: () => T,
): T {
  if (!tracer || name === null) return currentRequest.run(request, work);
  const { requestId } = request;
  const parent = typeof traceparent === 'string' ? traceparent : null;
  const span = tracer.start(name, parent, { kind: 'server', attributes: { 'beaver.request_id': requestId } });
  return currentRequest.run({ requestId, span }, () => follow(span, work));
}

/** Does a part of what the current request does. */
export function traced<T>(name: string, options: SpanOptions | undefined, work: () => T): T {
  const parent = currentSpan();
  return parent ? tracedUnder(parent, name, options, work) : work();
}

/** Does a part of what a request does that is not the current one. */
export function tracedUnder<T>(parent: Span, name: string, options: SpanOptions | undefined, work: () => T): T {
  if (!tracer) return work();
  const span = tracer.start(name, parent, options);
  const { requestId } = currentRequest.getStore() ?? { requestId: newUuid() };
  return currentRequest.run({ requestId, span }, () => follow(span, work));
}

/** A part of what the current request does, whose end the caller says; null where nothing is traced. */
export function startSpan(name: string, options?: SpanOptions): Span | null {
  if (!tracer) return null;
  const parent = currentSpan();
  return parent && tracer.start(name, parent, options);
}

/** What the current request does at the moment, where it is traced. */
export function currentSpan(): Span | null {
  return tracer && (currentRequest.getStore()?.span ?? null);
}

/** Ends the span with the work: at its return, or when its promise settles. */
function follow<T>(span: Span, work: () => T): T {
  try {
    const result = work();
    if (result instanceof Promise) {
      result.then(
        () => span.end(),
        (error) => span.end(error),
      );
    } else span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
