import type { ServiceClient } from '../../../../kit/service/client.ts';
import type { UserService } from '../../domain/ports.ts';

const MAY_REACH = `query MayReach($action: ReachAction!, $pairs: [ReachPairInput!]!) {
  mayReach(action: $action, pairs: $pairs)
}`;

/** The user service, over GraphQL as the service chat. */
export function createUserService(services: ServiceClient): UserService {
  return {
    async mayReach(action, pairs) {
      if (pairs.length === 0) return [];
      const variables = { action, pairs };
      const { mayReach } = await services.call<{ mayReach: boolean[] | null }>('user', MAY_REACH, variables);
      return mayReach ?? pairs.map(() => false);
    },
  };
}
