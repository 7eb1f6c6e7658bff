/** Jest calls it when the tests are over. It takes a module of its own for that. */
export { endHost as default } from './shared-host.mts';
