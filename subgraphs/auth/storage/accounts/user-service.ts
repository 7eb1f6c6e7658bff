import type { ServiceClient } from '../../../../kit/service/client.ts';
import type { UserService } from '../../domain/accounts/profiles.ts';

const CREATE_PROFILE = `mutation CreateProfile($input: CreateProfileInput!) {
  createProfile(input: $input) {
    __typename
    ... on UserError { code message }
  }
}`;

interface Answer {
  createProfile: { __typename: string; code?: string; message?: string } | null;
}

/** The user service, over GraphQL as the service auth. */
export function createUserService(services: ServiceClient): UserService {
  return {
    async create({ id, userName }) {
      const input = { id, userName, name: userName };
      const { createProfile } = await services.call<Answer>('user', CREATE_PROFILE, { input });
      if (createProfile?.__typename === 'CreateProfilePayload') return;
      throw new Error(
        `user refused the profile: ${createProfile?.code ?? 'no answer'} ${createProfile?.message ?? ''}`,
      );
    },
  };
}
