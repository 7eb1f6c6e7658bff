import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** A service's part of the graph. */
export interface ServiceSchema {
  name: string;
  sdl: string;
}

export type CompositionResult =
  | { supergraphSdl: string; hints: string[]; errors?: undefined }
  | { supergraphSdl?: undefined; hints?: undefined; errors: string[] };

/**
 * Composes the parts. A service's address in the supergraph is `lb://<name>`: which instances there are
 * changes all the time and must not change the graph. The result depends on the parts alone, not on their
 * order.
 */
export function composeSchemas(services: readonly ServiceSchema[]): CompositionResult {
  const ordered = [...services].sort((a, b) => (a.name < b.name ? -1 : 1));
  try {
    const result = composeServices(
      ordered.map(({ name, sdl }) => ({ name, url: `lb://${name}`, typeDefs: parse(sdl) })),
    );
    if (result.errors) return { errors: result.errors.map((error) => error.message) };
    return { supergraphSdl: result.supergraphSdl, hints: result.hints.map((hint) => hint.toString()) };
  } catch (error) {
    // An SDL that does not parse, or one that composition trips over.
    return { errors: [error instanceof Error ? error.message : String(error)] };
  }
}
