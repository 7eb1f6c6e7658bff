import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js';
import {
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  print,
  type StringValueNode,
} from 'graphql';
import { checkReferences } from './references.ts';
import { nameMutationErrors } from './results.ts';
import { DateTime } from './scalars.ts';

/** The kit's part of every subgraph's schema. */
const common = new URL('./common.graphql', import.meta.url);

/**
 * A subgraph's executable schema: the common part, its own, its resolvers, and mutations whose errors are
 * named. `own` is a `.graphql` file, or a folder of them if it ends in a slash.
 */
export function buildSchema(own: URL, resolvers: object): GraphQLSchema {
  const schema = buildSubgraphSchema({
    typeDefs: readDocument(own),
    resolvers: { DateTime, ...resolvers } as GraphQLResolverMap<unknown>,
  });
  nameMutationErrors(schema);
  checkReferences(schema);
  return schema;
}

/** The SDL of a subgraph as it is composed: the common part and its own. Needs no running service. */
export function readSdl(own: URL): string {
  return print(readDocument(own));
}

type TypeExtension = ObjectTypeExtensionNode | EnumTypeExtensionNode;

/**
 * Reads all files as one document, with each extension of a type merged into the type. A capability adds its
 * fields to the root types and its codes to `ErrorCode` by `extend`, and composition would drop the
 * descriptions of what stands in an extension.
 */
function readDocument(own: URL): DocumentNode {
  const files = own.pathname.endsWith('/')
    ? readdirSync(own)
        .filter((name) => name.endsWith('.graphql'))
        .sort()
        .map((name) => new URL(name, own))
    : [own];
  const { definitions } = parse([common, ...files].map((url) => readFileSync(url, 'utf8')).join('\n'));
  const extensions = Map.groupBy(definitions.filter(isTypeExtension), ({ name }) => name.value);
  const merged: DefinitionNode[] = [];
  for (const node of definitions) {
    if (isTypeExtension(node)) continue;
    const added = 'name' in node && node.name ? extensions.get(node.name.value) : undefined;
    if (added && (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_DEFINITION)) {
      extensions.delete(node.name.value);
      merged.push(extend(node, added));
    } else merged.push(node);
  }
  // What is left extends the root types, which no file defines.
  for (const [first, ...rest] of extensions.values()) {
    if (first?.kind === Kind.OBJECT_TYPE_EXTENSION)
      merged.push(extend({ ...first, ...described(first.name.value), kind: Kind.OBJECT_TYPE_DEFINITION }, rest));
  }
  return { kind: Kind.DOCUMENT, definitions: merged };
}

/** A description of a root type. The same in every service, as composition takes one. */
const ROOTS: Record<string, string> = {
  Query: `What can be read. A field here is null where there is no such thing or the viewer may not see it, and where it
failed: then \`errors\` says how.`,
  Mutation: `What can be changed. Each returns a union of one payload and the errors that it can end with, which implement
\`UserError\`.`,
  Subscription: 'What can be followed live, over graphql-transport-ws.',
};

function described(root: string): { description?: StringValueNode } {
  const value = ROOTS[root];
  return value === undefined ? {} : { description: { kind: Kind.STRING, value } };
}

function isTypeExtension(node: DefinitionNode): node is TypeExtension {
  return node.kind === Kind.OBJECT_TYPE_EXTENSION || node.kind === Kind.ENUM_TYPE_EXTENSION;
}

/** The type with the fields, or the values, of its extensions. */
function extend(
  node: ObjectTypeDefinitionNode | EnumTypeDefinitionNode,
  extensions: readonly TypeExtension[],
): DefinitionNode {
  if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
    const values = extensions.flatMap((added) => (added.kind === Kind.ENUM_TYPE_EXTENSION ? (added.values ?? []) : []));
    return { ...node, values: [...(node.values ?? []), ...values] };
  }
  const fields = extensions.flatMap((added) => (added.kind === Kind.OBJECT_TYPE_EXTENSION ? (added.fields ?? []) : []));
  return { ...node, fields: [...(node.fields ?? []), ...fields] };
}
