import {
  type DocumentNode,
  type GraphQLFieldConfigMap,
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compile, type Execute } from './execute.ts';

/** Executes one event of a subscription. */
export interface EventOperation {
  /** Number of the operation in this process. */
  id: number;
  execute: Execute;
  /** Variables on which the answer depends, without those that only opened the subscription. */
  variables: readonly string[];
}

let prepared = 0;

/**
 * Prepares the execution of a subscription's events: without the arguments of its field, which select what to
 * subscribe to, and without the variables used only there. So subscribers from different positions share one
 * answer, and their positions need not be kept. A field whose `resolve` takes arguments keeps them, and only
 * equal ones share an answer.
 */
export function prepareEvents(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): EventOperation {
  const types = new TypeInfo(schema);
  const root = schema.getSubscriptionType();
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const bare = visit(
    { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as DocumentNode,
    visitWithTypeInfo(types, {
      Field(node) {
        const field = types.getFieldDef();
        return types.getParentType() === root && field && !takesArguments(field.resolve)
          ? { ...node, arguments: [] }
          : undefined;
      },
    }),
  );
  const used = new Set<string>();
  visit(bare, { VariableDefinition: () => false, Variable: ({ name }) => void used.add(name.value) });
  const events = visit(bare, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? false : null),
  });
  prepared += 1;
  return {
    id: prepared,
    execute: compile(eventSchema(schema), events, operation.name?.value ?? null),
    variables: [...used],
  };
}

const eventSchemas = new WeakMap<GraphQLSchema, GraphQLSchema>();

/** The schema with subscription fields that take no arguments, unless their `resolve` does. */
function eventSchema(schema: GraphQLSchema): GraphQLSchema {
  const known = eventSchemas.get(schema);
  if (known) return known;
  const config = schema.toConfig();
  const root = schema.getSubscriptionType()?.toConfig();
  if (!root) return schema;
  const fields: GraphQLFieldConfigMap<unknown, unknown> = Object.fromEntries(
    Object.entries(root.fields).map(([name, field]) => [
      name,
      takesArguments(field.resolve) ? field : { ...field, args: {} },
    ]),
  );
  const subscription = new GraphQLObjectType({ ...root, fields });
  const made = new GraphQLSchema({
    ...config,
    subscription,
    types: config.types.filter(({ name }) => name !== root.name),
    assumeValid: true,
  });
  eventSchemas.set(schema, made);
  return made;
}

function takesArguments(resolve: ((...parameters: never[]) => unknown) | undefined): boolean {
  return resolve !== undefined && resolve.length > 1;
}
