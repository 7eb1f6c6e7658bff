import type { Context } from '../context.ts';

/**
 * Returns `result`. What an earlier mutation of the same operation has loaded may no longer be true after
 * this one.
 */
export function forgetting<T>({ loaders }: Context, result: T): T {
  loaders.profile.clearAll();
  loaders.friendRequest.clearAll();
  loaders.relation.clearAll();
  loaders.privacySettings.clearAll();
  loaders.presence.clearAll();
  return result;
}
