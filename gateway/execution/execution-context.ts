import type { GraphQLError } from 'graphql';
import type { Data } from '../upstream/response-data.ts';
import type { Asker } from '../upstream/subgraph-request.ts';
import type { RequestFiles } from '../upstream/uploads.ts';

/** One execution of a plan. */
export interface ExecutionContext extends Asker {
  /**
   * Variables as the client gave them, which is how services get them; and as the schema understands them,
   * with defaults.
   */
  given: Data;
  variables: Data;
  /** The files among the variables; there are none but in a multipart request. */
  files?: RequestFiles | undefined;
  /** All that was said, in the making. */
  data: Data;
  errors: GraphQLError[];
}
