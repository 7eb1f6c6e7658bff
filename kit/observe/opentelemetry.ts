import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Span, SpanOptions, Tracer } from './span.ts';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT };
/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/**
 * Sends spans in batches over OTLP/HTTP. The exporter reads its address, headers and times from the standard
 * variables itself; `OTEL_BSP_SCHEDULE_DELAY` is how long a batch may wait, in ms. `OTEL_TRACES_SAMPLER_ARG`
 * is the share of the traces begun here that are kept, 1 unless it says otherwise; a trace that was begun
 * elsewhere is kept where its beginner keeps it.
 */
export function createTracer(service: string, environment: NodeJS.ProcessEnv): Tracer {
  const given = Number(environment.OTEL_TRACES_SAMPLER_ARG || 1);
  const share = given >= 0 && given <= 1 ? given : 1;
  const delay = Number(environment.OTEL_BSP_SCHEDULE_DELAY || 5_000);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'process.pid': process.pid }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: delay })],
  });
  const tracer = provider.getTracer('beaver');
  return {
    start(name, parent, { kind, attributes, links = [] }: SpanOptions = {}) {
      const options = {
        kind: kind ? KINDS[kind] : SpanKind.INTERNAL,
        attributes: attributes as Attributes,
        links: links.flatMap((link): Link[] => (link instanceof OpenTelemetrySpan ? [{ context: link.context }] : [])),
      };
      return new OpenTelemetrySpan(tracer.startSpan(name, options, contextOf(parent)));
    },
    flush: () => provider.forceFlush(),
  };
}

class OpenTelemetrySpan implements Span {
  readonly context: SpanContext;
  readonly #span: ReturnType<typeof trace.getSpan> & object;

  constructor(span: ReturnType<typeof trace.getSpan> & object) {
    this.#span = span;
    this.context = span.spanContext();
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.context;
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  get traceId(): string {
    return this.context.traceId;
  }

  set(name: string, value: string | number): void {
    this.#span.setAttribute(name, value);
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      // The kind alone: a message may hold what people write.
      const kind = (error as { code?: unknown }).code ?? (error instanceof Error ? error.name : 'error');
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.#span.setAttribute('error.type', String(kind));
    }
    this.#span.end();
  }
}

function contextOf(parent: Span | string | null): Context {
  if (parent instanceof OpenTelemetrySpan) return trace.setSpanContext(ROOT_CONTEXT, parent.context);
  const [, traceId, spanId, flags] = typeof parent === 'string' ? (TRACEPARENT.exec(parent) ?? []) : [];
  if (!traceId || !spanId || !flags || traceId === NO_TRACE || spanId === NO_SPAN) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
  });
}
