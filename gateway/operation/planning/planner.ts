import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { refusal } from '../../../kit/graph/refusal.ts';
import { counter } from '../../../kit/observe/metrics.ts';
import { createDataNames, type DataNames, documentForPlanner } from '../../execution/data-names.ts';
import { PlanCheck } from './check.ts';
import { nameRequired, type PlannerSupergraph } from './required.ts';
import { restoreCalls } from './requires-with-arguments.ts';
import { RuntimeTypes } from './runtime-types.ts';
import { collectSelected, selecting } from './selected.ts';

const faults = counter(
  'beaver_operations_not_planned_total',
  'Valid operations for which the planner has no plan, or one that would give a wrong answer.',
).of();

/** Apollo's planner for one supergraph, with what it does not do by itself. */
export class Planner {
  readonly #supergraph: PlannerSupergraph;
  readonly #schema: Schema;
  readonly #planner: QueryPlanner;
  readonly #check: PlanCheck;

  /** All three say the same: what was built of the text is used where the planner needs no other. */
  constructor(supergraphSdl: string, built: Supergraph, builtSchema: GraphQLSchema) {
    this.#supergraph = nameRequired(supergraphSdl);
    const { sdl } = this.#supergraph;
    // Composition has just validated what this was made of.
    const supergraph = sdl === null ? built : Supergraph.build(sdl, { validateSupergraph: false });
    this.#schema = supergraph.apiSchema();
    this.#planner = new QueryPlanner(supergraph);
    const schema = sdl === null ? builtSchema : supergraph.schema.toGraphQLJSSchema();
    this.#check = new PlanCheck(schema, new RuntimeTypes(supergraph, schema), this.#supergraph.calls);
  }

  /** Names for the fields of an operation, which keep them apart from what its plan fetches for itself. */
  namesFor(document: DocumentNode): DataNames {
    return createDataNames(document, this.#supergraph.reserved);
  }

  /**
   * Plans an operation that is valid and whose fields have their names in the data. @throws GraphQLError
   * where no plan answers it
   */
  plan(renamed: DocumentNode): QueryPlan {
    const document = documentForPlanner(renamed);
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    if (!operation) throw new Error('The document has no operation.');
    const plan = this.#build(document);
    // Apollo leaves out what no service has an answer to, for example a field of an interface that no type
    // implements: then not even null is known to be true.
    if (!plan.node && asksServices(operation, document))
      throw new GraphQLError('No service can answer this operation.', { nodes: operation });
    const restored = restoreCalls(plan, this.#supergraph);
    const fault = this.#check.findFault(restored, document);
    if (fault !== null) throw notPlanned(new Error(fault));
    return restored;
  }

  #build(document: DocumentNode): QueryPlan {
    try {
      // It has been validated; Apollo's own validation rejects some of what is valid.
      return this.#planner.buildQueryPlan(operationFromDocument(this.#schema, document, { validate: false }));
    } catch (error) {
      throw notPlanned(error);
    }
  }
}

/** A valid operation for which there is no plan, or a wrong one. What is wrong with it is for the log. */
function notPlanned(cause: unknown): GraphQLError {
  faults.count += 1;
  const message = 'The gateway cannot plan this operation as it is written. Ask for less at once, or without aliases.';
  const refused = refusal('OPERATION_NOT_PLANNED', message, { status: 501 });
  Object.assign(refused.originalError as Error, { cause });
  return refused;
}

/**
 * Whether any root field can be asked for that is not the gateway's own to answer, as the schema and
 * `__typename` are.
 */
function asksServices({ selectionSet }: OperationDefinitionNode, document: DocumentNode): boolean {
  const selected = collectSelected([selecting(selectionSet, document)], () => true);
  return [...selected.values()].flat().some(({ field }) => !field.name.value.startsWith('__'));
}
