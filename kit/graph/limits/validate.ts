import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { quietLiterals } from './literals.ts';
import { shorten } from './messages.ts';

/** Maximum number of faults that validation reports: a text can have one for each of its tokens. */
const MAX_FAULTS = 20;
/** Places that one fault names: a conflict of fields names all that are below them. */
const MAX_PLACES = 5;
/** Longest text, in characters, for whose unknown names similar ones are looked up. */
const MAX_SUGGESTED = 10_000;

const RULES = specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? quietLiterals : rule));

/**
 * Validates a document. Errors are bounded in number and in length, and quote no value. `more`: rules beside
 * those of the specification.
 */
export function findFaults(
  schema: GraphQLSchema,
  document: DocumentNode,
  more: readonly ValidationRule[] = [],
): readonly GraphQLError[] {
  const length = document.loc?.source.body.length ?? 0;
  const options = { maxErrors: MAX_FAULTS, hideSuggestions: length > MAX_SUGGESTED };
  return validate(schema, document, [...RULES, ...more], options).map(
    ({ message, nodes }) =>
      new GraphQLError(shorten(message), {
        nodes: nodes?.slice(0, MAX_PLACES),
        extensions: { code: ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED },
      }),
  );
}
