import type { ServiceClient } from '../../../../kit/service/client.ts';
import type { UserService } from '../../domain/ports.ts';

/** The user service, over GraphQL as the service chat. */
export function createUserService(services: ServiceClient): UserService {
  return {
    async areFriends(userId, otherId) {
      const { areFriends } = await services.call<{ areFriends: boolean | null }>(
        'user',
        'query ($userId: ID!, $otherId: ID!) { areFriends(userId: $userId, otherId: $otherId) }',
        { userId, otherId },
      );
      return areFriends === true;
    },
    async friendsAmong(userId, ids) {
      if (ids.length === 0) return [];
      const { friendsAmong } = await services.call<{ friendsAmong: string[] | null }>(
        'user',
        'query ($userId: ID!, $ids: [ID!]!) { friendsAmong(userId: $userId, ids: $ids) }',
        { userId, ids },
      );
      return friendsAmong ?? [];
    },
  };
}
