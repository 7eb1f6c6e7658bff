import { InvalidInput, NotFound } from '../../../../kit/base/errors.ts';
import type { ServiceClient } from '../../../../kit/service/client.ts';
import type { FileService } from '../../domain/ports.ts';

const ATTACH_FILE = `mutation AttachImage($input: AttachFileInput!) {
  attachFile(input: $input) { __typename ... on UserError { message } }
}`;

interface Answer {
  attachFile: { __typename: string; message?: string };
}

/** The file service, over GraphQL as the service chat. */
export function createFileService(services: ServiceClient): FileService {
  return {
    async attachImage({ id: fileId, field }, ownerId, holder) {
      const input = { fileId, ownerId, holder, purpose: 'MESSAGE' };
      const { attachFile } = await services.call<Answer>('file', ATTACH_FILE, { input });
      if (attachFile.__typename === 'AttachFilePayload') return;
      if (attachFile.__typename === 'NotFound') throw new NotFound('file');
      // The file's errors are about its fields; here it is one field that the caller gave.
      throw new InvalidInput(field, attachFile.message ?? 'This file cannot be sent as a picture.');
    },
  };
}
