import { type GraphQLSchema, isUnionType } from 'graphql';
import { InvalidInput } from '../errors.ts';

/**
 * Refuses entity references that name no entity of this service or have no id, before any of a request is resolved. Apollo's `_entities` throws in the
 * middle of its list where it meets such a one; what it had begun for those before it then fails with nobody to hear it, which ends the process.
 */
export function checkReferences(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities;
  const union = schema.getType('_Entity');
  if (!field?.resolve || !isUnionType(union)) return;
  const names = new Set<unknown>(union.getTypes().map(({ name }) => name));
  const { resolve } = field;
  field.resolve = (source, args: { representations: unknown[] }, ...rest) => {
    for (const [index, reference] of args.representations.entries()) {
      const { __typename, id } = Object(reference) as { __typename?: unknown; id?: unknown };
      if (!names.has(__typename) || typeof id !== 'string') {
        throw new InvalidInput(
          `representations.${index}`,
          'A reference needs the name of a type of this service and an id.',
        );
      }
    }
    return resolve(source, args, ...rest);
  };
}
