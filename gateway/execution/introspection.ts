import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
} from 'graphql';
import { encode } from '../../kit/base/bytes.ts';
import { type Data, own } from '../upstream/response-data.ts';

export function isIntrospection({ name }: FieldNode): boolean {
  return name.value === SchemaMetaFieldDef.name || name.value === TypeMetaFieldDef.name;
}

/**
 * What `__schema` or `__type` is answered with, from the schema that clients see. It costs as much as
 * hundreds of queries, so where it depends on no variable it is answered once.
 */
export function prepareIntrospection(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
  field: FieldNode,
): (variables: Data) => unknown {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const asked: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: operation.variableDefinitions,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
      },
      ...fragments,
    ],
  };
  let usesVariables = false;
  const look = () => {
    usesVariables = true;
  };
  visit(asked, { VariableDefinition: () => false, Variable: look });

  const answer = (variableValues: Data): unknown => {
    const { data } = executeSync({ schema, document: asked, variableValues });
    return data ? encode(own(data, field.alias?.value ?? field.name.value)) : null;
  };
  let known: unknown;
  return (variables) => {
    if (usesVariables) return answer(variables);
    known ??= answer(variables);
    return known;
  };
}
