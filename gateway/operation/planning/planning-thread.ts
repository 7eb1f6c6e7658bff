// A thread that plans operations (apart.ts).
import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { Supergraph } from '@apollo/federation-internals';
import { parse } from 'graphql';
import type { PlannedApart, PlanningAnswer, PlanningJob } from './apart.ts';
import { Planner } from './planner.ts';

let planner: Planner | null = null;

function plannerOf(supergraphSdl: string): Planner {
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
  return new Planner(supergraphSdl, supergraph, supergraph.schema.toGraphQLJSSchema());
}

/** Null where there is no plan. Why is found by whoever has asked, whose planner says it to the client. */
function plan(text: string): PlannedApart | null {
  const before = process.threadCpuUsage();
  try {
    const made = planner?.plan(parse(text, { noLocation: true }));
    const { user, system } = process.threadCpuUsage(before);
    return made ? { plan: made, microseconds: user + system } : null;
  } catch {
    return null;
  }
}

function work(job: PlanningJob): PlanningAnswer {
  if ('text' in job) return { planned: plan(job.text) };
  try {
    planner = plannerOf(job.supergraphSdl);
  } catch {
    planner = null;
  }
  return { isReady: planner !== null };
}

parentPort?.on('message', (job: PlanningJob) => parentPort?.postMessage(work(job)));

// Node writes the compile cache of a thread when it exits, and a process that is killed takes its threads
// along.
flushCompileCache();
