import { InvalidInput } from '../../../../kit/base/errors.ts';
import type { ServiceClient } from '../../../../kit/service/client.ts';
import type { FileService } from '../../domain/profiles/profiles.ts';

const ATTACH_FILE = `mutation AttachAvatar($input: AttachFileInput!) {
  attachFile(input: $input) { __typename ... on UserError { message } }
}`;

interface Answer {
  attachFile: { __typename: string; message?: string };
}

/** The file service, over GraphQL as the service user. */
export function createFileService(services: ServiceClient): FileService {
  return {
    async attachAvatar(userId, fileId) {
      const input = { fileId, ownerId: userId, holder: `user:${userId}:avatar`, purpose: 'AVATAR' };
      const { attachFile } = await services.call<Answer>('file', ATTACH_FILE, { input });
      if (attachFile.__typename === 'AttachFilePayload') return;
      // The file's errors are about its fields; here it is one field that the caller gave.
      throw new InvalidInput('avatarFileId', attachFile.message ?? 'This file cannot be an avatar.');
    },
  };
}
