import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js';
import { type DocumentNode, type EnumTypeExtensionNode, type GraphQLSchema, Kind, parse, print } from 'graphql';
import { checkReferences } from './references.ts';
import { nameMutationErrors } from './results.ts';
import { DateTime } from './scalars.ts';

/** The kit's part of every subgraph's schema. */
const common = new URL('./common.graphql', import.meta.url);

/** A subgraph's executable schema: the common part, its own file, its resolvers, and mutations whose errors are named. */
export function buildSchema(file: URL, resolvers: object): GraphQLSchema {
  const schema = buildSubgraphSchema({
    typeDefs: readDocument(file),
    resolvers: { DateTime, ...resolvers } as GraphQLResolverMap<unknown>,
  });
  nameMutationErrors(schema);
  checkReferences(schema);
  return schema;
}

/** The SDL of a subgraph as it is composed: the common part and its own file. Needs no running service. */
export function readSdl(file: URL): string {
  return print(readDocument(file));
}

/**
 * Reads both files as one document. The values that the service adds to an enum of the kit (`extend enum ErrorCode`) are moved into the enum, because composition
 * drops the descriptions of values that stand in an extension.
 */
function readDocument(file: URL): DocumentNode {
  const { definitions } = parse([common, file].map((url) => readFileSync(url, 'utf8')).join('\n'));
  const extensions = definitions.filter(
    (node): node is EnumTypeExtensionNode => node.kind === Kind.ENUM_TYPE_EXTENSION,
  );
  return {
    kind: Kind.DOCUMENT,
    definitions: definitions
      .filter((node) => node.kind !== Kind.ENUM_TYPE_EXTENSION)
      .map((node) => {
        if (node.kind !== Kind.ENUM_TYPE_DEFINITION) return node;
        const added = extensions.filter((extension) => extension.name.value === node.name.value);
        return { ...node, values: [...(node.values ?? []), ...added.flatMap((extension) => extension.values ?? [])] };
      }),
  };
}
