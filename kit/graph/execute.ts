import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  type NamedTypeNode,
  typeFromAST,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { withoutLiteral } from './limits/literals.ts';

/** Executes one operation: at once where no resolver has to wait. */
export type Execute = (
  root: unknown,
  context: unknown,
  variables: Record<string, unknown>,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Executions after which an operation is compiled: that costs as much as a hundred of them, so one that is
 * hardly ever sent is not worth it.
 */
const COMPILE_AFTER = 20;

/**
 * The operation as a function. A query or mutation that is sent again and again is compiled to JavaScript,
 * which takes a tenth of the time (measured on `sendMessage`: 2 us of 18). The event of a subscription is
 * executed once for all who see the same: there it would win nothing.
 */
export function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Execute {
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

/**
 * Null where the compiler does not know what the operation does, or would never come to an end: it follows an
 * input type that contains itself for ever.
 */
function compileNow(schema: GraphQLSchema, document: DocumentNode, operationName: string | null): Execute | null {
  const variables = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  if (variables.some(({ type }) => containsItself(typeFromAST(schema, type as NamedTypeNode)))) return null;
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  if (!isCompiledQuery(compiled)) return null;
  return finished(compiled.query);
}

/** Whether an input type has a field that leads back to a type it is in. */
function containsItself(type: GraphQLType | undefined, outer: readonly GraphQLType[] = []): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return false;
  if (outer.includes(named)) return true;
  return Object.values(named.getFields()).some((field) => containsItself(field.type, [...outer, named]));
}

function finished(run: Execute): Execute {
  return (root, context, variables) => {
    const result = run(root, context, variables);
    return result instanceof Promise ? result.then(withClearErrors) : withClearErrors(result);
  };
}

/**
 * Makes errors such that it can be told by their cause whose fault they are: those of graphql-js and of the
 * compiler, which has a class of its own, differ there.
 */
function withClearErrors(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  // What was not executed has variables that are not allowed: the client's fault, whatever found it out.
  const wasExecuted = result.data !== undefined;
  const errors = result.errors.map(({ message, path, nodes, originalError }) => {
    const cause = wasExecuted ? (originalError ?? new Error(withoutLiteral(message))) : undefined;
    return new GraphQLError(message, { path, nodes, originalError: cause });
  });
  return { ...result, errors };
}
