import type { GraphQLError } from 'graphql';
import type { PreparedOperation } from '../graph.ts';
import type { Data } from './data.ts';
import type { Asker, Reply } from './questions.ts';
import type { Run } from './run.ts';

/** An operation of one client, ready to be executed. */
export interface Request extends Asker {
  prepared: PreparedOperation;
  /** Variables as the client gave them, and as the schema understands them. */
  given: Data;
  variables: Data;
}

/** What it came to. `extensions.valueCompletion` says where a service's answer was not as the schema says, as with Apollo's gateway and router. */
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

/** The same where the service of the root fields has answered already: the event of a subscription, or all that there is to an operation that was passed on. */
export async function complete(request: Request, reply: Reply): Promise<Result> {
  const { prepared } = request;
  const run = begin(request);
  prepared.primary?.fetch.accept(run, reply);
  if (prepared.kind === 'subscription' && reply.data) await prepared.steps(run);
  return finish(request, run);
}

function begin({ given, variables, identity, requestId, cancellation }: Request): Run {
  return { given, variables, identity, requestId, cancellation, data: {}, errors: [] };
}

function finish({ prepared, variables }: Request, run: Run): Result {
  const { data, faults } = prepared.shape(run.data, variables);
  if (run.errors.length > 0) return { data, errors: run.errors };
  return faults.length > 0 ? { data, extensions: { valueCompletion: faults } } : { data };
}
