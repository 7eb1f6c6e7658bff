import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute as executeByGraphql,
  type GraphQLSchema,
  parse,
  printSchema,
} from 'graphql';
import { createLog } from '../../../kit/observe/log.ts';
import { variablesText } from '../../execution/fetches.ts';
import { Graph } from '../../operation/graph.ts';
import type { Protection } from '../../operation/limits/index.ts';
import { createPipeline } from '../../pipeline.ts';
import { composeSchemas } from '../../supergraph/compose.ts';
import { Cancellation } from '../../upstream/cancellation.ts';
import { createSubgraphRequests } from '../../upstream/request-coalescing.ts';
import type { Upstreams } from '../../upstream/socket-pool.ts';
import { find, resolve, SERVICES } from './world.ts';

// The gateway's planning and execution before services in this process, and one schema of everything that
// graphql-js executes.

export interface Asked {
  text: string;
  variables: Record<string, unknown>;
}

const resolvers = {
  fieldResolver: resolve as NonNullable<ExecutionArgs['fieldResolver']>,
  typeResolver: (value: unknown) => (value as { __typename: string }).__typename,
};
type Told = Record<string, unknown>;

/** A service takes for true what the gateway tells it of a thing. To ratings all items are of one type. */
function refer(told: Told, service: string) {
  const found = find(told);
  const { __typename } = told.__typename === 'Item' && service !== 'ratings' && found ? found : told;
  const box = found?.box && { ...(found.box as Told), ...(told.box as Told | undefined) };
  return found && { ...found, ...told, __typename, ...(box ? { box } : {}) };
}

const ENTITIES: Record<string, readonly string[]> = {
  catalog: ['Product', 'Bundle', 'Person', 'Item'],
  people: ['Product', 'Person'],
  stock: ['Product', 'Bundle', 'Person'],
  ratings: ['Item'],
};

function createService({ name, sdl }: { name: string; sdl: string }): GraphQLSchema {
  const reference = { __resolveReference: (told: Told) => refer(told, name) };
  const entities = ENTITIES[name]?.map((type) => [type, reference]) ?? [];
  return buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: Object.fromEntries(entities) });
}

export function createSystem() {
  const composed = composeSchemas(SERVICES);
  if (composed.errors) throw new Error(composed.errors.join('\n'));
  const services = new Map(SERVICES.map((service) => [service.name, createService(service)]));

  const upstreams: Upstreams = {
    begin({ service, text, variables }, sink) {
      const schema = services.get(service) as GraphQLSchema;
      const variableValues = JSON.parse(variables);
      void run(schema, parse(JSON.parse(text)), variableValues).then((result) =>
        sink.next(Buffer.from(JSON.stringify(result))),
      );
      return () => {};
    },
    close() {},
  };
  const calls = createSubgraphRequests(upstreams);
  const log = createLog('test', 'fatal');
  const pipeline = createPipeline(calls, {} as Protection, log);
  const graph = new Graph(composed.supergraphSdl, calls);
  const whole = buildSchema(printSchema(graph.schema));

  return {
    schema: whole,
    async byGateway({ text, variables: given }: Asked): Promise<ExecutionResult> {
      const found = graph.prepare(text, null, null);
      if (found.errors) return { errors: found.errors };
      const { prepared } = found;
      const read = prepared.readVariables(given);
      if (read.errors) return { errors: read.errors };
      const request = {
        prepared,
        given,
        variables: read.coerced,
        identity: { authorization: undefined, address: '127.0.0.1' },
        requestId: 'r',
        cancellation: new Cancellation(),
      };
      if (prepared.kind !== 'subscription') return readAnswer((await pipeline.answer(request)).json);
      const { service, text: first, variables } = prepared.primary as NonNullable<typeof prepared.primary>;
      const values = `{${variablesText(variables, read.coerced)}}`;
      const event = await run(services.get(service) as GraphQLSchema, parse(JSON.parse(first)), JSON.parse(values));
      return readAnswer(await pipeline.answerEvent(request, Buffer.from(JSON.stringify(event))));
    },
    byGraphql: ({ text, variables }: Asked): Promise<ExecutionResult> => run(whole, parse(text), variables),
  };
}

async function run(schema: GraphQLSchema, document: DocumentNode, variableValues: Record<string, unknown>) {
  const result = await executeByGraphql({ schema, document, variableValues, ...resolvers });
  return result as ExecutionResult;
}

function readAnswer(json: Buffer | string): ExecutionResult {
  return JSON.parse(typeof json === 'string' ? Buffer.from(json, 'latin1').toString() : json.toString());
}
