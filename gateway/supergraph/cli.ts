// `npm run compose`: composes the schemas of the four services without running anything and writes what the
// repository keeps of the result. With `--check` it writes nothing and fails where the kept files differ.
// Either way it fails where something has no description.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import {
  type DocumentNode,
  type GraphQLAbstractType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema as printApiSchema,
  type StringValueNode,
  visit,
} from 'graphql';
import { readSdl } from '../../kit/graph/schema.ts';
import { SUBGRAPH_NAMES } from '../../services.ts';
import { composeSchemas } from './compose.ts';
import { manifestOf } from './example-operations.ts';

const KEPT = {
  supergraph: 'gateway/supergraph/supergraph.graphql',
  schema: 'gateway/supergraph/schema.graphql',
  possibleTypes: 'gateway/supergraph/possibleTypes.json',
  manifest: 'examples/persisted-operations.json',
};
const HEADER = '# Made by `npm run compose` from the schemas of the services. Do not edit.\n\n';
// Each service adds its codes to the enum of all codes, so no service has them all: that is how the enum is
// meant.
const OWN_CODES = 'of enum type "ErrorCode" has been added';
// The user service has the ids of other services' types only where those services are away
// (docs/decisions/0005-ids-and-nodes.md).
const OWN_IDS = /OVERRIDDEN_FIELD_CAN_BE_REMOVED.*\.id" on subgraph "user"/;
const root = new URL('../../', import.meta.url);

/** Everything that a reader of the schema sees and that says nothing about itself. */
function undescribed(service: string, document: DocumentNode): string[] {
  const missing: string[] = [];
  const check = (node: { description?: StringValueNode | undefined }, place: string) => {
    if (!node.description?.value.trim()) missing.push(`${service}: ${place}`);
  };
  let type = '';
  let field = '';
  const container = {
    enter(node: { kind: string; name: { value: string }; description?: StringValueNode | undefined }) {
      type = node.name.value;
      // An extension adds to a type that is described where it is defined.
      if (node.kind.endsWith('Definition')) check(node, type);
    },
  };
  const inputField = {
    enter(node: { name: { value: string }; description?: StringValueNode | undefined }) {
      check(node, [type, field, node.name.value].filter(Boolean).join('.'));
    },
  };
  visit(document, {
    ObjectTypeDefinition: container,
    ObjectTypeExtension: container,
    InterfaceTypeDefinition: container,
    InterfaceTypeExtension: container,
    InputObjectTypeDefinition: container,
    InputObjectTypeExtension: container,
    EnumTypeDefinition: container,
    EnumTypeExtension: container,
    UnionTypeDefinition: container,
    ScalarTypeDefinition: container,
    FieldDefinition: {
      enter(node) {
        field = node.name.value;
        check(node, `${type}.${field}`);
      },
      leave() {
        field = '';
      },
    },
    InputValueDefinition: inputField,
    EnumValueDefinition: inputField,
    DirectiveDefinition: () => false,
    [Kind.SCHEMA_EXTENSION]: () => false,
  });
  return missing;
}

/**
 * The objects of each interface and union, as normalised caches (Apollo Client, graphcache) need them to
 * match a fragment on an interface.
 */
function possibleTypes(schema: GraphQLSchema): Record<string, string[]> {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  const namesOf = (type: GraphQLAbstractType) => schema.getPossibleTypes(type).map(({ name }) => name);
  const entries = abstract.map((type) => [type.name, namesOf(type).sort()] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first place where two texts differ, for the message. */
function firstDifference(kept: string, made: string): string {
  const [before, after] = [kept.split('\n'), made.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  const at = line < 0 ? after.length : line;
  return `line ${at + 1}\n    kept: ${before[at] ?? '(nothing)'}\n    made: ${after[at] ?? '(nothing)'}`;
}

function fail(title: string, lines: readonly string[]): never {
  console.error(`${title}\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join('\n')}`);
  process.exit(1);
}

const services = SUBGRAPH_NAMES.map((name) => ({
  name,
  sdl: readSdl(new URL(`subgraphs/${name}/schema/`, root)),
}));
const result = composeSchemas(services);
if (result.errors) fail('The schemas do not compose:', result.errors);
for (const hint of result.hints) if (!hint.includes(OWN_CODES) && !OWN_IDS.test(hint)) console.log(`hint: ${hint}`);
const missing = [...new Set(services.flatMap(({ name, sdl }) => undescribed(name, parse(sdl))))];
if (missing.length > 0) fail('These have no description:', missing);

const apiSchema = Supergraph.build(result.supergraphSdl).apiSchema().toGraphQLJSSchema();
let manifest: object;
try {
  manifest = manifestOf(new URL('examples/operations/', root), apiSchema);
} catch (error) {
  fail('An example is no operation of the graph:', [(error as Error).message]);
}
const made = {
  [KEPT.supergraph]: `${HEADER}${result.supergraphSdl.trimEnd()}\n`,
  [KEPT.possibleTypes]: `${JSON.stringify(possibleTypes(apiSchema), null, 2)}\n`,
  [KEPT.manifest]: `${JSON.stringify(manifest, null, 2)}\n`,
  [KEPT.schema]: `${HEADER}${printApiSchema(lexicographicSortSchema(apiSchema)).trimEnd()}\n`,
};

const stale: string[] = [];
for (const [path, text] of Object.entries(made)) {
  const file = new URL(path, root);
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (kept === text) continue;
  if (process.argv.includes('--check')) stale.push(`${path}, ${firstDifference(kept, text)}`);
  else writeFileSync(file, text);
}
if (stale.length > 0) fail('These are not what the schemas compose to; run `npm run compose` and commit them:', stale);
console.log(`The graph of ${SUBGRAPH_NAMES.join(', ')} composes.`);
