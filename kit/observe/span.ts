/** A part of what a request does: with a beginning, an end and a parent. */
export interface Span {
  /** How others are told of it: the header `traceparent` of W3C Trace Context. */
  readonly traceparent: string;
  readonly traceId: string;
  set(name: string, value: string | number): void;
  /** It has come to its end, or failed. */
  end(error?: unknown): void;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  kind?: 'server' | 'client';
  attributes?: Attributes | undefined;
  /** Others that it was done for too. */
  links?: readonly Span[];
}

/** What makes spans. */
export interface Tracer {
  /**
   * `parent`: a span of this process, the `traceparent` of another, or null to begin a trace. What is no
   * `traceparent` counts as null.
   */
  start(name: string, parent: Span | string | null, options?: SpanOptions): Span;
  /** Sends what was not sent. */
  flush(): Promise<void>;
}
