import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { Estimate } from '../../kit/graph/limits/cost/estimate.ts';
import type { ReadVariables } from '../../kit/graph/variables.ts';
import type { Viewer } from '../../kit/identity/caller.ts';
import type { ApolloContext } from '../execution/apollo.ts';
import type { DataNames } from '../execution/data-names.ts';
import type { RootFetch, Step } from '../execution/fetches.ts';
import type { Shaper } from '../execution/shape.ts';
import type { Data } from '../upstream/response-data.ts';
import type { Filtered } from './access/filter.ts';
import type { Requirements } from './access/requirements.ts';

/** The graph that an operation was prepared for, as those who execute it need it. */
export interface OperationGraph {
  /** Whether a viewer may see the same of an operation as those whom it was prepared for. */
  isFor(prepared: PreparedOperation, viewer: Viewer | null): boolean;
  /** Executes an operation by the executor of @apollo/gateway. */
  executeByApollo(prepared: PreparedOperation, given: Data, context: ApolloContext): Promise<ExecutionResult>;
}

/** An operation of a client, made ready once for all who send it and may see the same of it. */
export interface PreparedOperation {
  /** Its number in this process. */
  id: number;
  graph: OperationGraph;
  kind: 'query' | 'mutation' | 'subscription';
  query: string;
  operationName: string | null;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  readVariables: ReadVariables;
  /** What the service of the root fields is asked; null where there is more than one, or none. */
  primary: Primary | null;
  /** Whether that service's answer is the client's as it stands, where it has no errors. */
  isDirect: boolean;
  /** The names of its fields in the data, and the document with them. */
  names: DataNames;
  renamed: DocumentNode;
  /** Fetches everything, or of a subscription everything but its events. */
  steps: Step;
  shape: Shaper;
  plan: QueryPlan;
  /**
   * The variables on which the answers to events depend: those that do not only say what is subscribed to.
   */
  eventVariables: readonly string[];
  /**
   * What it requires of its viewers, what was decided for them, and what is refused; null where nothing is.
   */
  requirements: Requirements | null;
  decision: string;
  refused: Filtered | null;
  asksForSchema: boolean;
}

/** An operation that is valid, and how it was prepared for viewers who may see different things of it. */
export interface ValidOperation {
  query: string;
  operationName: string | null;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  readVariables: ReadVariables;
  requirements: Requirements | null;
  names: DataNames;
  asksForSchema: boolean;
  /** What it would cost with the variables. */
  estimate: Estimate;
  /** By decision. */
  prepared: Map<string, PreparedOperation>;
}

/** The one service that is asked first. */
export interface Primary {
  service: string;
  /** The operation, as JSON text, and the names of the variables that it is given. */
  text: string;
  variables: readonly string[];
  fetch: RootFetch;
}
