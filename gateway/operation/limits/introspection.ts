import { BREAK, type DocumentNode, type GraphQLError, Kind, visit } from 'graphql';
import { refusal } from '../../../kit/graph/refusal.ts';
import type { Viewer } from '../../../kit/identity/caller.ts';

/** Who may read the schema: everybody, nobody, or those whose token has `INTROSPECTION_SCOPE`. */
export type IntrospectionPolicy = 'on' | 'off' | 'scope';

/** The scope with which tools may read the schema. auth gives it to accounts with the role `developer`. */
export const INTROSPECTION_SCOPE = 'introspection';

/** Whether a document asks for the schema. `__typename` is no introspection: clients need it. */
export function asksForSchema(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      if (name.value !== '__schema' && name.value !== '__type') return undefined;
      asks = true;
      return BREAK;
    },
  });
  return asks;
}

export function mayIntrospect(policy: IntrospectionPolicy, viewer: Viewer | null): boolean {
  return policy === 'on' || (policy === 'scope' && viewer?.scopes.includes(INTROSPECTION_SCOPE) === true);
}

/** What those are told who may not. */
export function introspectionRefusal(policy: IntrospectionPolicy): GraphQLError {
  const how =
    policy === 'scope'
      ? `Ask with a token that has the scope "${INTROSPECTION_SCOPE}".`
      : 'Read the schema from the repository, or where introspection is on.';
  return refusal('INTROSPECTION_DISABLED', `The schema is not shown here. ${how}`, { status: 403 });
}

/**
 * A fault of validation without the names that it suggests: with them a schema that is not shown can be
 * guessed word by word.
 */
export function withoutSuggestions(message: string): string {
  return message.replace(/ Did you mean .*$/s, '');
}
