import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type GraphQLError,
  type GraphQLScalarType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isScalarType,
  isSpecifiedScalarType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { type Data, own } from './execution/data.ts';
import { MAX_FAULTS } from './protection/document.ts';
import { withCode } from './protection/refusal.ts';

/** The variables of an operation as the schema understands them, with defaults. */
export type Coerce = (given: Data) => { coerced: Data; errors?: undefined } | { errors: readonly GraphQLError[] };

/**
 * Prepares the reading of an operation's variables, once for all who send it. Most have no more than ids, numbers and texts, and a client that gives each of them as it
 * should: those are read here. All else, and whatever is not as it should be, graphql-js reads.
 */
export function prepareVariables(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): Coerce {
  const plain: { name: string; type: GraphQLScalarType }[] = [];
  for (const { variable, type: node } of variableDefinitions) {
    const type = getNullableType(typeFromAST(schema, node));
    if (isScalarType(type) && isSpecifiedScalarType(type)) plain.push({ name: variable.name.value, type });
  }

  function read(given: Data): ReturnType<Coerce> {
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors: MAX_FAULTS });
    return errors
      ? { errors: errors.map((error) => withCode(error, ApolloServerErrorCode.BAD_USER_INPUT)) }
      : { coerced };
  }

  if (plain.length < variableDefinitions.length) return read;
  return (given) => {
    const coerced: Data = {};
    for (const { name, type } of plain) {
      const value = own(given, name);
      if (value === undefined || value === null) return read(given);
      try {
        coerced[name] = type.parseValue(value);
      } catch {
        return read(given);
      }
    }
    return { coerced };
  };
}
