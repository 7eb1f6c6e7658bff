import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';

/** Executes one operation: at once where no resolver has to wait. */
export type Execute = (
  root: unknown,
  context: unknown,
  variables: Record<string, unknown>,
) => ExecutionResult | Promise<ExecutionResult>;

/** The operation as a function. */
export function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Execute {
  return (rootValue, contextValue, variableValues) =>
    execute({ schema, document, operationName, rootValue, contextValue, variableValues });
}
