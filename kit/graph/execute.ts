import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { withoutLiteral } from './limits/literals.ts';
import { withReadVariables } from './read-variables.ts';

/**
 * Executes one operation, synchronously when no resolver has to wait. `variables` are as `prepareVariables`
 * reads them.
 */
export type Execute = (
  root: unknown,
  context: unknown,
  variables: Record<string, unknown>,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Executions before an operation is compiled. Compiling costs as much as a hundred executions, so rare
 * operations are not worth it.
 */
const COMPILE_AFTER = 20;

/**
 * The operation as a function. A query or mutation that is sent again and again is compiled to JavaScript,
 * which takes a tenth of the time (measured on `sendMessage`: 2 us of 18). The event of a subscription is
 * executed once for all who see the same: there it would win nothing.
 */
export function compile(of: GraphQLSchema, text: DocumentNode, operationName: string | null): Execute {
  const { schema, document } = withReadVariables(of, text);
  const interpret = finished((rootValue, contextValue, variableValues) =>
    execute({ schema, document, operationName, rootValue, contextValue, variableValues }),
  );
  if (getOperationAST(document, operationName)?.operation === 'subscription') return interpret;
  let executions = 0;
  let run = interpret;
  return (root, context, variables) => {
    executions += 1;
    if (executions === COMPILE_AFTER) run = compileNow(schema, document, operationName) ?? interpret;
    return run(root, context, variables);
  };
}

/** Compiles an operation. Null for what the compiler does not know. */
function compileNow(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Execute | null {
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  return isCompiledQuery(compiled) ? finished(compiled.query) : null;
}

function finished(run: Execute): Execute {
  return (root, context, variables) => {
    const result = run(root, context, variables);
    return result instanceof Promise ? result.then(withClearErrors) : withClearErrors(result);
  };
}

/**
 * Marks errors by whose fault they are. Those of graphql-js and of the compiler, which has a class of its
 * own, differ there.
 */
function withClearErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  // Nothing was executed: the variables are wrong, which is the client's fault.
  const wasExecuted = result.data !== undefined;
  const errors = result.errors.map(({ message, path, nodes, originalError }) => {
    const cause = wasExecuted ? (originalError ?? new Error(withoutLiteral(message))) : undefined;
    return new GraphQLError(message, { path, nodes, originalError: cause });
  });
  return { ...result, errors };
}
