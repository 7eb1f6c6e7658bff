import { z } from 'zod';

/** The operations that the frontends were built with. */
export interface Manifest {
  /** Text by id. */
  texts: ReadonlyMap<string, string>;
  /** The same texts, for who sends them in full. */
  known: ReadonlySet<string>;
}

/** The format in which Apollo's tools write it (`generate-persisted-query-manifest`). */
const schema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string().min(1),
    }),
  ),
});

/** @throws Error that says what is wrong with it */
export function readManifest(json: string): Manifest {
  const parsed = schema.safeParse(JSON.parse(json));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const texts = new Map<string, string>();
  for (const { id, name, body } of parsed.data.operations) {
    if ((texts.get(id) ?? body) !== body) throw new Error(`two operations have the id ${id}, one of them is ${name}`);
    texts.set(id, body);
  }
  return { texts, known: new Set(texts.values()) };
}
