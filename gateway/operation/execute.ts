import type { GraphQLError } from 'graphql';
import type { ExecutionContext } from '../execution/execution-context.ts';
import { placed } from '../execution/fetches.ts';
import type { Data } from '../upstream/response-data.ts';
import type { Asker, Reply } from '../upstream/subgraph-request.ts';
import type { RequestFiles } from '../upstream/uploads.ts';
import type { PreparedOperation } from './prepared.ts';

/** An operation of one client, ready to be executed. */
export interface Request extends Asker {
  prepared: PreparedOperation;
  /** Variables as the client gave them, and as the schema understands them. */
  given: Data;
  variables: Data;
  /** The files among the variables; there are none but in a multipart request. */
  files?: RequestFiles | undefined;
}

/**
 * What it came to. `extensions.valueCompletion` says where a service's answer was not as the schema says, as
 * with Apollo's gateway and router.
 */
export interface Result {
  data: Data | null;
  errors?: readonly GraphQLError[];
  extensions?: { valueCompletion: readonly GraphQLError[] };
}

/** Asks the services for everything that the plan says, and makes the answer. */
export async function execute(request: Request): Promise<Result> {
  const run = begin(request);
  await request.prepared.steps(run);
  return finish(request, run);
}

/** The same for an event of a subscription, which is what the service of the root field says. */
export async function complete(request: Request, reply: Reply): Promise<Result> {
  const { prepared } = request;
  if (prepared.isDirect) return passOn(request, reply);
  const run = begin(request);
  prepared.primary?.fetch.accept(run, reply);
  if (reply.data) await prepared.steps(run);
  return finish(request, run);
}

/**
 * The answer where one service was asked what the client asks: its data has the client's form already, and
 * without the types that making it would need.
 */
export function passOn({ prepared, variables }: Request, { data, errors }: Reply): Result {
  const { service = '' } = prepared.primary ?? {};
  const whole = data ?? prepared.shape({}, variables).data;
  return errors.length === 0
    ? { data: whole }
    : { data: whole, errors: errors.map((error) => placed(error, service, error.path)) };
}

function begin(request: Request): ExecutionContext {
  const { given, variables, files, identity, requestId, cancellation, deadline, watched } = request;
  return { given, variables, files, identity, requestId, cancellation, deadline, watched, data: {}, errors: [] };
}

function finish({ prepared, variables }: Request, run: ExecutionContext): Result {
  const { names, refused } = prepared;
  refused?.withhold(run.data, names);
  const { data, faults } = prepared.shape(run.data, variables);
  const said = names.isPlain ? run.errors : run.errors.map(names.restoreError);
  const errors = refused ? [...refused.errors(variables), ...said] : said;
  if (errors.length > 0) return { data, errors };
  return faults.length > 0 ? { data, extensions: { valueCompletion: faults } } : { data };
}
