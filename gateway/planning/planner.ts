import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import {
  type DirectiveNode,
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { restoreCalls } from './calls.ts';
import { nameRequired, type PlannerSupergraph } from './required.ts';

/** Apollo's planner for one supergraph, with what it does not do by itself. */
export class Planner {
  readonly #supergraph: PlannerSupergraph;
  readonly #schema: Schema;
  readonly #planner: QueryPlanner;

  /** Both say the same: what was built of the text is used where the planner needs no other. */
  constructor(supergraphSdl: string, built: Supergraph) {
    this.#supergraph = nameRequired(supergraphSdl);
    const { sdl } = this.#supergraph;
    // Composition has just validated what this was made of.
    const supergraph = sdl === null ? built : Supergraph.build(sdl, { validateSupergraph: false });
    this.#schema = supergraph.apiSchema();
    this.#planner = new QueryPlanner(supergraph);
  }

  /** Plans an operation that is valid. @throws GraphQLError where no plan answers it */
  plan(document: DocumentNode, operationName: string | null): QueryPlan {
    const { calls } = this.#supergraph;
    if (calls.size > 0)
      visit(document, {
        Field(node) {
          if (!node.alias || !calls.has(node.alias.value)) return;
          throw new GraphQLError(`\`${node.alias.value}\` cannot be an alias. Choose another.`, { nodes: node });
        },
      });
    const named = operationName === null ? {} : { operationName };
    const plan = this.#planner.buildQueryPlan(operationFromDocument(this.#schema, document, named));
    // Apollo leaves out what no service has an answer to, for example a field of an interface that no type implements: then not even null is known to be true.
    const operation = getOperationAST(document, operationName);
    if (!plan.node && operation && asksServices(operation.selectionSet, document))
      throw new GraphQLError('No service can answer this operation.', { nodes: operation });
    return restoreCalls(plan, this.#supergraph);
  }
}

/** Whether any root field is asked for that is not the gateway's own to answer, as the schema and `__typename` are. */
function asksServices({ selections }: SelectionSetNode, document: DocumentNode): boolean {
  return selections.some((selection) => {
    if (selection.directives?.some(isNever)) return false;
    if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__');
    if (selection.kind === Kind.INLINE_FRAGMENT) return asksServices(selection.selectionSet, document);
    const { value } = selection.name;
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION && asksServices(fragment.selectionSet, document);
  });
}

/** `@skip(if: true)` or `@include(if: false)` */
function isNever({ name, arguments: args }: DirectiveNode): boolean {
  const value = args?.[0]?.value;
  return (
    value?.kind === Kind.BOOLEAN && (name.value === 'skip' ? value.value : name.value === 'include' && !value.value)
  );
}
