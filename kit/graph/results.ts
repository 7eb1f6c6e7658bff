import { type GraphQLSchema, getNamedType, isUnionType } from 'graphql';
import { Unauthenticated, UserError } from '../base/errors.ts';
import { countError } from './operation-metrics.ts';

/**
 * Makes the results of mutations. A mutation returns a union of one payload and the named errors it can end
 * with; its resolver returns the payload or throws. This puts around each such resolver what turns a thrown
 * UserError into the member of the union that has its type name. Nobody writes a try/catch ladder, and an
 * error that the schema does not name stays an error.
 */
export function nameMutationErrors(schema: GraphQLSchema): void {
  const error = schema.getType('UserError');
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const union = getNamedType(field.type);
    if (!isUnionType(union)) continue;
    const members = union.getTypes();
    const payloads = members.filter((member) => !member.getInterfaces().some((implemented) => implemented === error));
    if (payloads.length !== 1)
      throw new Error(`${union.name} must have one payload, and errors that implement UserError.`);
    const payload = payloads[0]?.name as string;
    const names = new Set(members.map((member) => member.name));
    union.resolveType = (value) => (value as { __typename?: string }).__typename ?? payload;
    const { resolve } = field;
    if (!resolve) throw new Error(`Mutation.${field.name} has no resolver.`);
    field.resolve = async (...args) => {
      try {
        return await resolve(...args);
      } catch (thrown) {
        if (thrown instanceof UserError && !(thrown instanceof Unauthenticated) && names.has(thrown.typeName)) {
          countError(thrown.code);
          return { __typename: thrown.typeName, code: thrown.code, message: thrown.message, ...thrown.fields };
        }
        throw thrown;
      }
    };
  }
}
