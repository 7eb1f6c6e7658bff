import type { FetchNode } from '@apollo/query-planner';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { EntityReply } from '../upstream/entity-batching.ts';
import { FILES_APART } from '../upstream/errors.ts';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import { collect, collectPaths, copy, type Data, merge, own, type PlanPath } from '../upstream/response-data.ts';
import type { Reply } from '../upstream/subgraph-request.ts';
import type { ExecutionContext } from './execution-context.ts';
import { createRepresent, type Representation } from './representations.ts';
import { applyRewrites } from './rewrites.ts';
import type { TypeConditions } from './type-conditions.ts';

/**
 * A step of a plan. It never rejects: what goes wrong is an error of the answer, and its data is not there.
 */
export type Step = (run: ExecutionContext) => Promise<void> | void;

/**
 * A fetch of root fields. What it says can also be handed in: the event of a subscription, or an answer that
 * is there already.
 */
export interface RootFetch {
  step: Step;
  accept(run: ExecutionContext, reply: Reply): void;
}

/** A client's name for its operation says nothing to a service, and equal texts can be asked together. */
const NAME = /^(query|mutation|subscription) [_A-Za-z]\w*/;

/** What a fetch asks, as JSON text. */
export function textOf({ operation }: FetchNode): string {
  return JSON.stringify(operation.replace(NAME, '$1'));
}

/**
 * Some of the variables as JSON text, without the braces around it; of those that the client has not given,
 * the service takes the defaults.
 */
export function variablesText(names: readonly string[], given: Data): string {
  let text = '';
  for (const name of names) {
    const value = own(given, name);
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return text;
}

/** A fetch of root fields, or of what does not depend on the object it is for. */
export function createRootFetch(
  node: FetchNode,
  path: PlanPath,
  calls: SubgraphRequests,
  types: TypeConditions,
): RootFetch {
  const { serviceName: service, operationKind, variableUsages = [], outputRewrites } = node;
  const kind = operationKind === 'mutation' ? 'mutation' : 'query';
  const text = textOf(node);

  function accept(run: ExecutionContext, { data, errors }: Reply): void {
    for (const error of errors) run.errors.push(placed(error, service, error.path && [...path, ...error.path]));
    if (!data) return;
    if (outputRewrites) applyRewrites(outputRewrites, data, types);
    for (const object of collect(run.data, path)) merge(object, data);
  }

  return {
    accept,
    async step(run) {
      if (path.length > 0 && collect(run.data, path).length === 0) return;
      if (run.files?.isIn(variableUsages)) {
        const variables = Object.fromEntries(variableUsages.map((name) => [name, own(run.given, name)]));
        const reply = await run.files.send({ service, text, variables }, run);
        calls.changed();
        accept(run, reply);
        return;
      }
      const variables = `{${variablesText(variableUsages, run.given)}}`;
      accept(run, await calls.ask({ service, kind, text, variables }, run));
    },
  };
}

/**
 * A fetch of more of objects that are known, each of which the service is asked for once. They may stand at
 * several paths.
 */
export function createEntityFetch(
  node: FetchNode,
  paths: readonly PlanPath[],
  calls: SubgraphRequests,
  types: TypeConditions,
): Step {
  const { serviceName: service, variableUsages = [], outputRewrites } = node;
  const text = textOf(node);
  const represent = createRepresent(node, types);

  return async (run) => {
    const objects: Data[] = [];
    /** Where those of each path end. */
    const ends = paths.map((path) => collect(run.data, path, objects).length);
    const representations = represent(objects);
    if (representations.length === 0) return;
    if (run.files?.isIn(variableUsages)) {
      for (const path of paths) run.errors.push(placed(FILES_APART, service, path));
      return;
    }
    const variables = variablesText(variableUsages, run.given);
    const texts = representations.map((one) => one.text);
    const reply = await calls.askEntities({ service, text, variables }, texts, run);
    addErrors(run, service, { paths, ends, representations }, reply);
    reply.entities.forEach((entity, index) => {
      if (!entity) return;
      const { places } = representations[index] as Representation;
      const [first] = places as [number, ...number[]];
      // To a service with an `@interfaceObject` all objects are of one type, which is not theirs.
      const known = objects[first]?.__typename;
      if (entity.__typename === undefined || types.isObject(known)) entity.__typename = known;
      if (outputRewrites) applyRewrites(outputRewrites, entity, types);
      let said = entity;
      let end = endOf(first, ends);
      for (const place of places) {
        if (place >= end) {
          // What is fetched later may be for one path alone.
          said = copy(entity);
          end = endOf(place, ends);
        }
        merge(objects[place] as Data, said);
      }
    });
  };
}

/** The end of the path that a place belongs to. */
function endOf(place: number, ends: readonly number[]): number {
  return ends.find((end) => place < end) ?? Number.POSITIVE_INFINITY;
}

/**
 * Errors stand at all the places of the object that they are about; those about no object at each path of
 * which objects were asked for.
 */
function addErrors(
  run: ExecutionContext,
  service: string,
  asked: { paths: readonly PlanPath[]; ends: readonly number[]; representations: readonly Representation[] },
  { errors }: EntityReply,
): void {
  if (errors.length === 0) return;
  const { paths, ends, representations } = asked;
  const objects = paths.flatMap((path) => collectPaths(run.data, path));
  const ended = new Set(representations.flatMap(({ places }) => places.map((place) => endOf(place, ends))));
  const askedPaths = paths.filter((_, index) => ended.has(ends[index] as number));
  for (const { error, index, rest } of errors) {
    if (index === null) for (const path of askedPaths) run.errors.push(placed(error, service, path));
    else
      for (const place of (representations[index] as Representation).places)
        run.errors.push(placed(error, service, [...(objects[place] ?? []), ...rest]));
  }
}

/** An error of a service, at its place in the answer. */
export function placed(error: GraphQLFormattedError, service: string, path: PlanPath | undefined): GraphQLError {
  return new GraphQLError(error.message || `The ${service} service failed.`, {
    path: path as (string | number)[] | undefined,
    originalError: error as Error,
    extensions: { ...error.extensions, serviceName: service },
  });
}
