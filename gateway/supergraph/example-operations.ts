import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { concatAST, type GraphQLSchema, getOperationAST, parse, print, separateOperations, validate } from 'graphql';

/**
 * The manifest of all operations in a folder, each with the fragments that it uses, whichever file they stand
 * in. The format is that of Apollo's `generate-persisted-query-manifest`: what `GATEWAY_OPERATION_MANIFEST`
 * reads, and a client sends by its id.
 * @throws Error that says why where an operation is none of this schema
 */
export function manifestOf(folder: URL, schema: GraphQLSchema): object {
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const document = concatAST(files.sort().map((file) => parse(readFileSync(new URL(file, folder), 'utf8'))));
  const [fault] = validate(schema, document);
  if (fault) throw fault;
  const operations = Object.entries(separateOperations(document)).map(([name, operation]) => {
    const body = print(operation);
    const id = createHash('sha256').update(body).digest('hex');
    return { id, name, type: getOperationAST(operation)?.operation, body };
  });
  return { format: 'apollo-persisted-query-manifest', version: 1, operations };
}
