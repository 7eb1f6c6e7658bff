import {
  type ASTNode,
  type ASTVisitor,
  GraphQLError,
  getNamedType,
  isInputObjectType,
  Kind,
  type ValidationContext,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { ruleOf } from './messages.ts';

type Enter = (node: ASTNode) => unknown;

/**
 * The rule of graphql-js for values that are written into a document, with errors that name the type only.
 * The library prints the value, so a password in the text of an operation would come back.
 */
export function quietLiterals(context: ValidationContext): ASTVisitor {
  let current: ASTNode | undefined;
  const quiet: ValidationContext = Object.create(context, {
    reportError: { value: (error: GraphQLError) => context.reportError(withoutValue(error, current, context)) },
  });
  const visitor = ValuesOfCorrectTypeRule(quiet) as Record<string, Enter>;
  const watched = Object.entries(visitor).map(([kind, enter]) => [
    kind,
    (node: ASTNode) => {
      current = node;
      return enter(node);
    },
  ]);
  return Object.fromEntries(watched) as ASTVisitor;
}

function withoutValue(error: GraphQLError, node: ASTNode | undefined, context: ValidationContext): GraphQLError {
  if (!node || namesAreMeant(node, context)) return error;
  const type = context.getInputType();
  return new GraphQLError(`Expected a value of type "${type}"${ruleOf(type)}`, { nodes: node });
}

/** Of fields that are unknown or missing, the library says the names. */
function namesAreMeant({ kind }: ASTNode, context: ValidationContext): boolean {
  if (kind === Kind.OBJECT_FIELD) return true;
  return kind === Kind.OBJECT && isInputObjectType(getNamedType(context.getInputType()));
}

/** The value of a token in the message of a syntax error. Names and punctuation stay. */
const VALUE = / (String|BlockString|Int|Float) ".*$/s;

/** The message of a syntax error without the value that it quotes. */
export function withoutToken(message: string): string {
  return message.replace(VALUE, ' $1.');
}

/**
 * The message of graphql-js about an argument whose value is found wrong only when it is used, because a
 * variable stands in it: without the value as it is written in the document.
 */
export function withoutLiteral(message: string): string {
  return message.replace(/^(Argument "\w+") has invalid value .*$/s, '$1 has an invalid value.');
}
