import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefinitionNode, FieldDefinitionNode, TypeNode } from 'graphql';
import { parse } from 'graphql/language/parser.js';
import { SUBGRAPH_NAMES, type SubgraphName } from '../services.ts';

/*
 * Operations that are written from the schema files, so that a test names a mutation and no document. The
 * files are read, not the running services: a new mutation is known before anything is composed.
 */

interface Mutation {
  service: SubgraphName;
  /** The type of `input`. */
  input: string;
  result: string;
}

interface Index {
  mutations: Map<string, Mutation>;
  unions: Map<string, string[]>;
  /** Fields of each type without arguments and without a selection of their own, and the type of each. */
  leaves: Map<string, Map<string, string>>;
}

let index: Index | undefined;

/** The service that serves a mutation. */
export function serviceOf(mutation: string): SubgraphName {
  return find(mutation).service;
}

/**
 * The document of a mutation with the variable `$input`. Selects `payload` of its payload, and every plain
 * field of each of its errors.
 */
export function mutation(name: string, payload = '', hasInput = true): string {
  const { input, result } = find(name);
  const [first, ...errors] = read().unions.get(result) ?? [];
  const selections = [
    ...(payload && first ? [`... on ${first} { ${payload} }`] : []),
    ...errors.map((type) => `... on ${type} { ${leavesOf(type).join(' ')} }`),
  ];
  const [variables, argument] = hasInput ? [` ($input: ${input})`, '(input: $input)'] : ['', ''];
  return `mutation${variables} { ${name}${argument} { __typename ${selections.join(' ')} } }`;
}

/**
 * Selects every plain field of each member of a union. Of two members whose fields differ in type, only the
 * first can be selected: GraphQL refuses both under one name.
 */
export function plainFields(union: string): string {
  const types = new Map<string, string>();
  return (read().unions.get(union) ?? [])
    .map((member) => {
      const fields = [...(read().leaves.get(member) ?? [])].filter(([field, type]) => {
        if (!types.has(field)) types.set(field, type);
        return types.get(field) === type;
      });
      return `... on ${member} { __typename ${fields.map(([field]) => field).join(' ')} }`;
    })
    .join('\n');
}

function find(name: string): Mutation {
  const found = read().mutations.get(name);
  if (!found) throw new Error(`No schema of a subgraph has a mutation ${name}.`);
  return found;
}

function leavesOf(type: string): string[] {
  return [...(read().leaves.get(type)?.keys() ?? [])];
}

function read(): Index {
  if (index) return index;
  const root = join(import.meta.dirname, '..');
  const common = definitionsOf([join(root, 'kit/graph/common.graphql')]);
  index = { mutations: new Map(), unions: new Map(), leaves: new Map() };
  const all = new Map<string, DefinitionNode[]>(
    SUBGRAPH_NAMES.map((service) => [
      service,
      definitionsOf(globSync(join(root, `subgraphs/${service}/schema/*.graphql`))),
    ]),
  );
  const leafTypes = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);
  const everything = [...common, ...[...all.values()].flat()];
  for (const node of everything)
    if (/^(Enum|Scalar)Type/.test(node.kind) && 'name' in node && node.name) leafTypes.add(node.name.value);
  for (const node of everything) {
    if (node.kind === 'UnionTypeDefinition')
      index.unions.set(
        node.name.value,
        (node.types ?? []).map(({ name }) => name.value),
      );
    if (node.kind === 'ObjectTypeDefinition')
      index.leaves.set(
        node.name.value,
        new Map(
          (node.fields ?? [])
            .filter((field) => isPlain(field, leafTypes))
            .map((field) => [field.name.value, textOf(field.type)]),
        ),
      );
  }
  for (const [service, definitions] of all)
    for (const node of definitions) {
      if (!/^ObjectType(Definition|Extension)$/.test(node.kind)) continue;
      if (!('fields' in node) || node.name?.value !== 'Mutation') continue;
      for (const field of (node.fields ?? []) as readonly FieldDefinitionNode[])
        index.mutations.set(field.name.value, {
          service: service as SubgraphName,
          input: field.arguments?.[0] ? textOf(field.arguments[0].type) : '',
          result: nameOf(field.type),
        });
    }
  return index;
}

function definitionsOf(files: string[]): DefinitionNode[] {
  return files.flatMap((file) => parse(readFileSync(file, 'utf8'), { noLocation: true }).definitions);
}

function isPlain(field: FieldDefinitionNode, leafTypes: Set<string>): boolean {
  const isPublic = !field.directives?.some(({ name }) => name.value === 'inaccessible');
  return isPublic && !field.arguments?.length && leafTypes.has(nameOf(field.type));
}

function nameOf(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : nameOf(type.type);
}

/** A type as it is written: `[ID!]!`. */
function textOf(type: TypeNode): string {
  if (type.kind === 'NamedType') return type.name.value;
  return type.kind === 'ListType' ? `[${textOf(type.type)}]` : `${textOf(type.type)}!`;
}
