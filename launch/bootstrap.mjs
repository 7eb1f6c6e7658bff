// Runs one of the project's TypeScript programs from a fresh clone: `node launch/bootstrap.mjs
// launch/start.ts`. Node 12 must be able to read this file: run.mjs is loaded only by a Node that can.
import { nodeFault } from './node-version.mjs';

const fault = nodeFault(process.versions.node);
if (fault === null) {
  import('./run.mjs');
} else {
  console.error(fault);
  process.exit(1);
}
