import {
  type ConstDirectiveNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { InvalidInput } from '../base/errors.ts';

/**
 * Refuses a request, before any of it is resolved, when a reference names no entity of this service or has
 * the fields of none of its keys. Apollo's `_entities` throws in the middle of its list at such a reference;
 * the promises it began for those before would reject unhandled, which ends the process.
 */
export function checkReferences(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()._entities;
  const union = schema.getType('_Entity');
  if (!field?.resolve || !isUnionType(union)) return;
  const entities = new Map<unknown, { type: GraphQLObjectType; keys: SelectionSetNode[] }>(
    union.getTypes().map((type) => [type.name, { type, keys: keysOf(type) }]),
  );
  const { resolve } = field;
  field.resolve = (source, args: { representations: unknown[] }, ...rest) => {
    for (const [index, reference] of args.representations.entries()) {
      const entity = entities.get((Object(reference) as { __typename?: unknown }).__typename);
      if (!entity?.keys.some((key) => hasKey(reference, key, entity.type))) {
        throw new InvalidInput(
          `representations.${index}`,
          'A reference needs the name of a type of this service and the fields of one of its keys.',
        );
      }
    }
    return resolve(source, args, ...rest);
  };
}

/** The fields of each `@key` of a type, wherever it stands and however the schema imports it. */
function keysOf({ astNode, extensionASTNodes }: GraphQLObjectType): SelectionSetNode[] {
  return [astNode, ...extensionASTNodes]
    .flatMap((node): readonly ConstDirectiveNode[] => node?.directives ?? [])
    .filter(({ name }) => name.value === 'key' || name.value === 'federation__key')
    .flatMap((directive) => {
      const fields = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
      if (fields?.kind !== Kind.STRING) return [];
      return (parse(`{ ${fields.value} }`).definitions[0] as OperationDefinitionNode).selectionSet;
    });
}

/**
 * Whether a value has the fields of a key. One that may be null may be absent: `File.grant` is, for the owner
 * of the file. Ids and texts must be text.
 */
function hasKey(value: unknown, { selections }: SelectionSetNode, type: GraphQLObjectType): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return selections.every((selection) => {
    const field = selection.kind === Kind.FIELD ? type.getFields()[selection.name.value] : undefined;
    if (!field || selection.kind !== Kind.FIELD) return true;
    const part = (value as Record<string, unknown>)[field.name] ?? null;
    if (part === null) return !isNonNullType(field.type);
    const named = getNamedType(field.type);
    const { selectionSet } = selection;
    if (selectionSet && isObjectType(named)) return [part].flat().every((one) => hasKey(one, selectionSet, named));
    return (named.name !== 'ID' && named.name !== 'String') || typeof part === 'string';
  });
}
