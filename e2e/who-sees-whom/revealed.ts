import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/*
 * Which fields of the graph reveal a person, which of them a document selects, and which of them revealed a
 * given person in an answer. A field is named `Type.field`.
 */

/** Ids of other things than people. */
const OTHER_IDS = new Set([
  ...['Conversation.id', 'File.id', 'FriendRequest.id', 'Message.id', 'Session.id', 'ImageContent.fileId'],
  'PushDevice.id',
  // The viewer named them.
  'NotReachable.userIds',
]);
const OTHER_ID_NAMES = new Set(['conversationId', 'requestId', 'deviceId']);

/** Every field that gives a user, an id of one, or something of an object that is about one user. */
export function personFields(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.keys(type.getFields())
        .filter((field) => isPersonField(schema, type, field))
        .map((field) => `${type.name}.${field}`),
    );
}

function isPersonField(schema: GraphQLSchema, type: GraphQLObjectType, field: string): boolean {
  if (type.name === 'User' || 'userId' in type.getFields()) return true;
  const given = getNamedType(type.getFields()[field]?.type);
  if (given?.name === 'ID') return !OTHER_IDS.has(`${type.name}.${field}`) && !OTHER_ID_NAMES.has(field);
  return given?.name === 'User' || canBeUser(schema, given);
}

function canBeUser(schema: GraphQLSchema, type: GraphQLNamedType | undefined): boolean {
  return isAbstractType(type) && schema.getPossibleTypes(type).some(({ name }) => name === 'User');
}

/** The fields of object types that a document selects. */
export function selectedFields(schema: GraphQLSchema, document: DocumentNode): Set<string> {
  const selected = new Set<string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const parent = info.getParentType();
        if (isObjectType(parent)) selected.add(`${parent.name}.${node.name.value}`);
      },
    }),
  );
  return selected;
}

type Data = { [field: string]: unknown };

/** The fields of an answer that reveal the user with this id. Select `__typename` of abstract types. */
export function revealedFields(schema: GraphQLSchema, document: DocumentNode, data: unknown, id: string): Set<string> {
  const revealed = new Set<string>();

  function look(type: GraphQLNamedType, selections: SelectionSetNode, value: unknown): void {
    if (Array.isArray(value)) for (const element of value) look(type, selections, element);
    else if (value)
      lookAt(isObjectType(type) ? type : typeNamed((value as Data).__typename), selections, value as Data);
  }

  function lookAt(type: GraphQLObjectType, { selections }: SelectionSetNode, value: Data): void {
    const isAbout = value.userId === id || (type.name === 'User' && value.id === id);
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? type.name;
        if (isA(type, condition)) lookAt(type, selection.selectionSet, value);
      } else if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') {
        const name = selection.name.value;
        const given = value[selection.alias?.value ?? name];
        if (given != null && (isAbout || idsIn(given).includes(id))) revealed.add(`${type.name}.${name}`);
        const field = type.getFields()[name];
        if (field && selection.selectionSet) look(getNamedType(field.type), selection.selectionSet, given);
      }
    }
  }

  const isA = (type: GraphQLObjectType, name: string) => {
    const condition = schema.getType(name);
    return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
  };
  const typeNamed = (name: unknown) => {
    const type = schema.getType(String(name));
    if (!isObjectType(type)) throw new Error('Select __typename where a type is abstract.');
    return type;
  };

  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('A document has one operation.');
  const root = schema.getRootType(operation.operation);
  if (root) look(root, operation.selectionSet, data);
  return revealed;
}

function idsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  return [typeof value === 'object' ? (value as Data).id : value];
}
