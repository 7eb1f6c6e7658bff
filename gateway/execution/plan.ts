import type { PlanNode } from '@apollo/query-planner';
import type { Calls } from './calls.ts';
import { own, type PlanPath } from './data.ts';
import { createEntityFetch, createRootFetch, type Step } from './fetches.ts';
import type { Run } from './run.ts';
import type { TypeConditions } from './types.ts';

/** What of a plan is fetched, in the form in which it runs. */
export function compilePlan(node: PlanNode | undefined, calls: Calls, types: TypeConditions): Step {
  return node ? compile(node, [], calls, types) : () => {};
}

function compile(node: PlanNode, path: PlanPath, calls: Calls, types: TypeConditions): Step {
  switch (node.kind) {
    case 'Fetch':
      return node.requires
        ? createEntityFetch(node, path, calls, types)
        : createRootFetch(node, path, calls, types).step;
    case 'Flatten':
      return compile(node.node, [...path, ...node.path], calls, types);
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compile(one, path, calls, types)));
    case 'Parallel':
      return inParallel(node.nodes.map((one) => compile(one, path, calls, types)));
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

function inSequence(steps: readonly Step[]): Step {
  return async (run: Run) => {
    for (const step of steps) {
      if (run.cancellation.isCancelled) return;
      await step(run);
    }
  };
}

function inParallel(steps: readonly Step[]): Step {
  return async (run: Run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}
