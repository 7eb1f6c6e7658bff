import { mutation } from './schema.ts';

export interface GraphError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; reason?: string; requestId?: string; [name: string]: unknown };
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  data: T | null | undefined;
  errors: GraphError[] | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes; what is asserted is the value
type Loose = any;

/** A plain GraphQL client over fetch, as a frontend would write it. */
export class GraphClient {
  readonly url: string;
  private readonly token: string | undefined;
  private readonly more: Record<string, string>;

  constructor(url: string, token?: string, more: Record<string, string> = {}) {
    this.url = url;
    this.token = token;
    this.more = more;
  }

  /** The same client with another token, or none. */
  as(token?: string): GraphClient {
    return new GraphClient(this.url, token, this.more);
  }

  /** The same client with further headers. */
  with(headers: Record<string, string>): GraphClient {
    return new GraphClient(this.url, this.token, { ...this.more, ...headers });
  }

  /** Sends an operation and returns the answer whatever it is. */
  async send<T = Loose>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<T>> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: this.headers({ 'content-type': 'application/json' }),
      body: JSON.stringify({ query, variables }),
    });
    return read<T>(response);
  }

  /** The data of the answer. Throws with the query, the answer and the request id if there are errors. */
  async data<T = Loose>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.send<T>(query, variables);
    return unwrap(answer, query, variables);
  }

  /**
   * The result of a mutation, whichever member of its union that is: the payload with the fields that
   * `payload` selects, or an error with all its plain fields.
   */
  async attempt<T = Loose>(name: string, input?: object, payload?: string): Promise<T> {
    const data = await this.data<Record<string, T>>(mutation(name, payload, input !== undefined), { input });
    return data[name] as T;
  }

  /** The payload of a mutation. Throws where it ends with another member of its union. */
  async perform<T = Loose>(name: string, input?: object, payload?: string): Promise<T> {
    const result = await this.attempt<{ __typename: string }>(name, input, payload);
    if (!result.__typename.endsWith('Payload')) throw new Error(`${name} was refused: ${JSON.stringify(result)}`);
    return result as T;
  }

  /** Sends a multipart request: `files` maps the path of a null variable (`input.file`) to its content. */
  async upload<T = Loose>(
    query: string,
    variables: Record<string, unknown>,
    files: Record<string, File>,
  ): Promise<Answer<T>> {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables }));
    const paths = Object.keys(files);
    form.set('map', JSON.stringify(Object.fromEntries(paths.map((path, index) => [index, [`variables.${path}`]]))));
    paths.forEach((path, index) => {
      form.set(String(index), files[path] as File);
    });
    const response = await fetch(this.url, {
      method: 'POST',
      headers: this.headers({ 'apollo-require-preflight': 'true' }),
      body: form,
    });
    return read<T>(response);
  }

  private headers(own: Record<string, string>): Record<string, string> {
    const headers = { ...own, ...this.more };
    return this.token === undefined ? headers : { ...headers, authorization: `Bearer ${this.token}` };
  }
}

async function read<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let body: { data?: T | null; errors?: GraphError[] };
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error(`${response.status} and no JSON: ${text.slice(0, 500)}`);
  }
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors };
}

/** The data, or a failure that explains itself. */
export function unwrap<T>(answer: Answer<T>, query: string, variables: unknown): T {
  if (!answer.errors && answer.data) return answer.data;
  const id = answer.headers.get('x-request-id');
  throw new Error(
    `HTTP ${answer.status}, request id ${id}\n${query}\nvariables ${JSON.stringify(variables)?.slice(0, 1000)}\nanswer ${JSON.stringify(answer.errors ?? answer.data)}`,
  );
}
