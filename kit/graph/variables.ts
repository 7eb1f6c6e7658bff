import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLScalarType,
  type GraphQLSchema,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';
import { ruleOf, shorten } from './limits/messages.ts';

export type Variables = Record<string, unknown>;

/**
 * Reads the variables of an operation: their values as the schema understands them, with defaults, or what is
 * wrong.
 */
export type ReadVariables = (
  given: Variables,
) => { coerced: Variables; errors?: undefined } | { errors: readonly GraphQLError[] };

/** Maximum number of faults that one answer names. Reading stops at the first one above it. */
const MAX_FAULTS = 5;

/**
 * Prepares the reading of an operation's variables, once for all requests that send it. The values are those
 * of graphql-js's `getVariableValues`; the errors are not. graphql-js prints the value into each error, which
 * returns a password to whoever logs errors, and answers a megabyte with many. An error here names the path
 * and the rule.
 */
export function prepareVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): ReadVariables {
  const variables = variableDefinitions.map((node) => new Variable(schema, node));
  return (given) => {
    const coerced: Variables = {};
    const faults = new Faults();
    try {
      for (const variable of variables) variable.read(given, coerced, faults);
    } catch (error) {
      if (error !== TOO_MANY) throw error;
    }
    return faults.errors.length === 0 ? { coerced } : { errors: faults.errors };
  };
}

class Variable {
  readonly #name: string;
  readonly #node: VariableDefinitionNode;
  readonly #type: GraphQLInputType;
  readonly #read: Read;

  constructor(schema: GraphQLSchema, node: VariableDefinitionNode) {
    const type = typeFromAST(schema, node.type);
    // Validation has refused other types.
    if (!isInputType(type)) throw new Error(`The variable ${node.variable.name.value} has no input type.`);
    this.#name = node.variable.name.value;
    this.#node = node;
    this.#type = type;
    this.#read = readerOf(type);
  }

  read(given: Variables, coerced: Variables, faults: Faults): void {
    const name = this.#name;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    faults.begin(this.#node);
    if (value === undefined) {
      const { defaultValue } = this.#node;
      // Each request gets its own: a resolver may change a list or an object.
      if (defaultValue) coerced[name] = valueFromAST(defaultValue, this.#type);
      else if (isNonNullType(this.#type)) faults.ofVariable(`of required type "${this.#type}" was not provided.`);
    } else if (value === null && isNonNullType(this.#type))
      faults.ofVariable(`of non-null type "${this.#type}" must not be null.`);
    else coerced[name] = this.#read(value, faults);
  }
}

const TOO_MANY = Symbol('too many faults');

/** Collects what is wrong. @throws TOO_MANY */
class Faults {
  readonly errors: GraphQLError[] = [];
  /** Path inside the variable: names of fields that the schema has, and places in lists. */
  readonly path: (string | number)[] = [];
  #node: VariableDefinitionNode | null = null;

  begin(node: VariableDefinitionNode): void {
    this.#node = node;
  }

  ofVariable(what: string): void {
    this.#add(`Variable "$${this.#name}" ${what}`);
  }

  ofValue(rule: string): void {
    const place = this.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    const where = place === '' ? '' : ` at "${this.#name}${place}"`;
    this.#add(`Variable "$${this.#name}" got an invalid value${where}: ${rule}`);
  }

  get #name(): string {
    return this.#node?.variable.name.value ?? '';
  }

  #add(message: string): void {
    const isLast = this.errors.length === MAX_FAULTS;
    const said = isLast ? `The variables have more faults. These are the first ${MAX_FAULTS}.` : shorten(message);
    const extensions = { code: ApolloServerErrorCode.BAD_USER_INPUT };
    this.errors.push(new GraphQLError(said, { ...(isLast ? {} : { nodes: this.#node }), extensions }));
    if (isLast) throw TOO_MANY;
  }
}

type Read = (value: unknown, faults: Faults) => unknown;

function readerOf(type: GraphQLInputType): Read {
  if (!isNonNullType(type)) return nullableReaderOf(type);
  const read = nullableReaderOf(type.ofType);
  return (value, faults) => {
    if (value !== null) return read(value, faults);
    faults.ofValue(`expected non-nullable type "${type}" not to be null.`);
    return undefined;
  };
}

function nullableReaderOf(type: GraphQLInputType): Read {
  const read = isListType(type) ? listReaderOf(type.ofType as GraphQLInputType) : namedReaderOf(type);
  return (value, faults) => (value === null ? null : read(value, faults));
}

function listReaderOf(itemType: GraphQLInputType): Read {
  const read = readerOf(itemType);
  return (value, faults) => {
    // A single value stands for a list of one.
    if (!Array.isArray(value)) return [read(value, faults)];
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      faults.path.push(index);
      items.push(read(value[index], faults));
      faults.path.pop();
    }
    return items;
  };
}

/** Readers of named types, made once for each schema. An input type may contain itself. */
const readers = new WeakMap<GraphQLInputType, Read>();

function namedReaderOf(type: GraphQLInputType): Read {
  const known = readers.get(type);
  if (known) return known;
  const read = isInputObjectType(type) ? objectReaderOf(type) : leafReaderOf(type);
  readers.set(type, read);
  return read;
}

function objectReaderOf(type: GraphQLInputObjectType): Read {
  const definitions = type.getFields();
  let fields: { name: string; defaultValue: unknown; required: string | null; read: Read }[] | null = null;
  return (value, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      faults.ofValue(`expected type "${type.name}" to be an object.`);
      return undefined;
    }
    const given = value as Variables;
    // Made at the first use, because the type may contain itself.
    fields ??= Object.values(definitions).map((field) => ({
      name: field.name,
      defaultValue: field.defaultValue,
      required: isNonNullType(field.type) ? String(field.type) : null,
      read: readerOf(field.type),
    }));
    const coerced: Variables = {};
    for (const { name, defaultValue, required, read } of fields) {
      const inner = Object.hasOwn(given, name) ? given[name] : undefined;
      if (inner !== undefined) {
        faults.path.push(name);
        coerced[name] = read(inner, faults);
        faults.path.pop();
      } else if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (required !== null) faults.ofValue(`field "${name}" of required type "${required}" was not provided.`);
    }
    for (const name in given)
      if (!Object.hasOwn(definitions, name))
        faults.ofValue(`${fieldCalled(name)} is not defined by type "${type.name}".`);
    if (type.isOneOf) checkOneOf(type, coerced, faults);
    return coerced;
  };
}

function checkOneOf({ name }: GraphQLInputObjectType, coerced: Variables, faults: Faults): void {
  const [key, ...more] = Object.keys(coerced);
  if (key === undefined || more.length > 0) faults.ofValue(`exactly one field of OneOf type "${name}" must be given.`);
  else if (coerced[key] === null) faults.ofValue(`field "${key}" must be non-null.`);
}

const NAME = /^[_A-Za-z]\w{0,63}$/;

/** A key that is no GraphQL name may be anything, also a secret in the wrong place. */
function fieldCalled(name: string): string {
  return NAME.test(name) ? `field "${name}"` : 'a field whose name is none';
}

/**
 * The kinds of JSON that the types of the specification accept at all. Other values must not reach the
 * library, which prints them.
 */
const KINDS = new Map<GraphQLInputType, { accepts: readonly string[]; rule: string }>([
  [GraphQLInt, { accepts: ['number'], rule: 'a whole number between -2147483648 and 2147483647' }],
  [GraphQLFloat, { accepts: ['number'], rule: 'a finite number' }],
  [GraphQLString, { accepts: ['string'], rule: 'a text' }],
  [GraphQLBoolean, { accepts: ['boolean'], rule: 'true or false' }],
  [GraphQLID, { accepts: ['string', 'number'], rule: 'a text or a whole number' }],
]);

function leafReaderOf(type: GraphQLInputType): Read {
  if (isEnumType(type)) {
    return (value, faults) => {
      const found = typeof value === 'string' ? type.getValue(value)?.value : undefined;
      if (found === undefined) faults.ofValue(`expected one of the values of enum "${type.name}".`);
      return found;
    };
  }
  const scalar = type as GraphQLScalarType;
  const kind = KINDS.get(scalar);
  const rule = `expected type "${scalar.name}"${kind ? `, ${kind.rule}.` : ruleOf(scalar)}`;
  return (value, faults) => {
    const found = !kind || kind.accepts.includes(typeof value) ? parsed(scalar, value) : undefined;
    if (found === undefined) faults.ofValue(rule);
    return found;
  };
}

/** Undefined where the scalar refuses the value. What it says of it may contain the value. */
function parsed(scalar: GraphQLScalarType, value: unknown): unknown {
  try {
    return scalar.parseValue(value);
  } catch {
    return undefined;
  }
}
