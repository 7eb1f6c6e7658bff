import type { FetchNode, PlanNode } from '@apollo/query-planner';
import type { SubgraphRequests } from '../upstream/request-coalescing.ts';
import { own, type PlanPath } from '../upstream/response-data.ts';
import type { ExecutionContext } from './execution-context.ts';
import { createEntityFetch, createRootFetch, type Step, textOf } from './fetches.ts';
import type { TypeConditions } from './type-conditions.ts';

/** What of a plan is fetched, in the form in which it runs. */
export function compilePlan(node: PlanNode | undefined, calls: SubgraphRequests, types: TypeConditions): Step {
  return node ? compile(node, [], calls, types) : () => {};
}

function compile(node: PlanNode, path: PlanPath, calls: SubgraphRequests, types: TypeConditions): Step {
  switch (node.kind) {
    case 'Fetch':
      return node.requires
        ? createEntityFetch(node, [path], calls, types)
        : createRootFetch(node, path, calls, types).step;
    case 'Flatten':
      return compile(node.node, [...path, ...node.path], calls, types);
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compile(one, path, calls, types)));
    case 'Parallel':
      return inParallel(compileParallel(node.nodes, path, calls, types));
    case 'Condition': {
      const { condition, ifClause, elseClause } = node;
      const either = ifClause && compile(ifClause, path, calls, types);
      const or = elseClause && compile(elseClause, path, calls, types);
      return (run) => (own(run.variables, condition) === true ? either : or)?.(run);
    }
    case 'Defer':
      throw new Error('The planner was not asked for @defer.');
  }
}

/** What is fetched one after the other of the objects at one path. */
interface IntrusiveQueue {
  path: PlanPath;
  fetches: readonly FetchNode[];
}

/**
 * Steps that can be taken at a time. A plan has the same fetches once for each path at which there are such
 * objects (the authors of messages, and the members); here they become one.
 */
function compileParallel(
  nodes: readonly PlanNode[],
  path: PlanPath,
  calls: SubgraphRequests,
  types: TypeConditions,
): Step[] {
  const steps: Step[] = [];
  const alike = new Map<string, { fetches: readonly FetchNode[]; paths: PlanPath[] }>();
  for (const node of nodes) {
    const chain = chainOf(node, path);
    if (!chain) {
      steps.push(compile(node, path, calls, types));
      continue;
    }
    const { fetches } = chain;
    const key = JSON.stringify(fetches.map(whatIsAsked));
    const same = alike.get(key) ?? { fetches, paths: [] };
    same.paths.push(chain.path);
    alike.set(key, same);
  }
  for (const { fetches, paths } of alike.values())
    steps.push(inSequence(fetches.map((fetch) => createEntityFetch(fetch, paths, calls, types))));
  return steps;
}

/** The node as a chain of fetches of entities, or null where it is something else. */
function chainOf(node: PlanNode, above: PlanPath): IntrusiveQueue | null {
  const nodes = node.kind === 'Sequence' ? node.nodes : [node];
  const fetches: FetchNode[] = [];
  let path: PlanPath | null = null;
  for (const one of nodes) {
    if (one.kind !== 'Flatten' || one.node.kind !== 'Fetch' || !one.node.requires) return null;
    if (path && path.join('.') !== one.path.join('.')) return null;
    path = one.path;
    fetches.push(one.node);
  }
  return path && { path: [...above, ...path], fetches };
}

/** All that tells a fetch of entities from another, but its name and its place. */
function whatIsAsked(fetch: FetchNode): unknown {
  const { serviceName, variableUsages, requires, inputRewrites, outputRewrites } = fetch;
  return [serviceName, textOf(fetch), variableUsages, requires, inputRewrites, outputRewrites];
}

function inSequence(steps: readonly Step[]): Step {
  return async (run: ExecutionContext) => {
    for (const step of steps) {
      if (run.cancellation.isCancelled) return;
      await step(run);
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return async (run: ExecutionContext) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}
