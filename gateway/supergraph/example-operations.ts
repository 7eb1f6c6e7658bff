import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type GraphQLSchema, Kind, type OperationDefinitionNode, parse, print, validate } from 'graphql';

/**
 * The manifest of the operations in a folder, one a file, in the format of Apollo's
 * `generate-persisted-query-manifest`: what `GATEWAY_OPERATION_MANIFEST` reads, and a client sends by its id.
 * @throws Error that names the file where an operation is none of this schema
 */
export function manifestOf(folder: URL, schema: GraphQLSchema): object {
  const operations = readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => {
      const document = parse(readFileSync(new URL(file, folder), 'utf8'));
      const [fault] = validate(schema, document);
      if (fault) throw new Error(`${file}: ${fault.message}`);
      const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
        node.kind === Kind.OPERATION_DEFINITION;
      const operation = document.definitions.find(isOperation);
      const body = print(document);
      const id = createHash('sha256').update(body).digest('hex');
      return { id, name: operation?.name?.value ?? '', type: operation?.operation, body };
    });
  return { format: 'apollo-persisted-query-manifest', version: 1, operations };
}
