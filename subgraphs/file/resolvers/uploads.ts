import { GraphQLUpload } from '../../../kit/http/uploads.ts';
import type { ArrivingFile } from '../domain/ports.ts';
import type { Resolvers } from './types.generated.ts';

export const uploads: Resolvers = {
  Upload: GraphQLUpload,

  Mutation: {
    async uploadFile(_, { input }, context) {
      const file = input.file as Promise<ArrivingFile>;
      return { file: context.files.view(await context.uploads.receive(context, file, input)) };
    },

    attachFile: async (_, { input }, { files }) => ({ file: await files.attach(input) }),
  },
};
