import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Data, isData, own } from '../upstream/response-data.ts';
import { collectFields, conditionVariables, type Fragments, fragmentsOf } from './conditions.ts';
import type { DataNames } from './data-names.ts';
import { isIntrospection, prepareIntrospection } from './introspection.ts';
import { leafCheck } from './leaf-values.ts';
import { createTypeConditions, type TypeConditions } from './type-conditions.ts';

/** An answer as the client asked for it, and what in the services' answers was not as the schema says. */
export interface Shaped {
  data: Data | null;
  faults: readonly GraphQLError[];
}

/**
 * Makes the answer of an operation from all that services have said. `variables` are those that the schema
 * understood, with their defaults.
 */
export type Shaper = (said: Data, variables: Data) => Shaped;

/**
 * A null whose reason is recorded, and one that the place it stands in may not have: then what is around it
 * becomes null.
 */
const FAULT = Symbol('fault');
const BUBBLE = Symbol('bubble');

/** Gives what goes into the answer for what was said: a value, null, FAULT or BUBBLE. */
type Complete = (value: unknown, work: Work) => unknown;

/** The making of one answer. */
interface Work {
  variables: Data;
  faults: GraphQLError[];
  /** Where it is; null in an answer of which nobody knows yet whether there are faults. */
  path: (string | number)[] | null;
}

/** Thrown at the first fault, where places are not kept. */
const FAULTY = Symbol('faulty');

/** A field of an answer, its name in the data, and what makes its value. */
interface Field {
  name: string;
  dataName: string;
  complete: Complete;
}

/** Makes an object of an answer from what was said of it. */
type Make = (said: Data, work: Work) => unknown;

/** Ways that the answer of one operation can take by its conditions, of which so many are remembered. */
const MAX_WAYS = 32;

/**
 * Compiles the answers of an operation: its fields in its order, null where what is null may not be, and
 * nothing that services were asked for only to put the answer together. Conditions (`@skip`, `@include`) are
 * decided once for each set of their values, and the fields of a type once for each type that comes.
 */
export function createShaper(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  names: Pick<DataNames, 'of'>,
): Shaper {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The schema has no ${operation.operation}.`);
  const conditions = conditionVariables(document);
  const types = createTypeConditions(schema);
  const parts = { schema, document, operation, names, fragments: fragmentsOf(document), types };
  const ways = new Map<string, Complete>();

  function wayOf(variables: Data, keepsPlaces: boolean): Complete {
    const key =
      conditions.map((name) => (own(variables, name) === true ? '1' : '0')).join('') + (keepsPlaces ? '+' : '');
    const known = ways.get(key);
    if (known) return known;
    const compiler = new Compiler(parts, variables, keepsPlaces);
    const way = compiler.object(root as GraphQLNamedType, [operation.selectionSet]);
    if (ways.size < MAX_WAYS) ways.set(key, way);
    return way;
  }

  function make(said: Data, work: Work): Shaped {
    const data = wayOf(work.variables, work.path !== null)(said, work);
    return { data: isData(data) ? data : null, faults: work.faults };
  }

  return (said, variables) => {
    try {
      return make(said, { variables, faults: [], path: null });
    } catch (error) {
      if (error !== FAULTY) throw error;
      // Most answers have no fault, and what it costs to keep the place at each step is 3 % of the execution
      // of a large query (measured).
      return make(said, { variables, faults: [], path: [] });
    }
  };
}

class Compiler {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Fragments;
  readonly #types: TypeConditions;
  readonly #names: Pick<DataNames, 'of'>;
  /** Only those of conditions count. */
  readonly #variables: Data;
  /** Whether faults can say where they are. */
  readonly #keepsPlaces: boolean;

  constructor(
    parts: {
      schema: GraphQLSchema;
      document: DocumentNode;
      operation: OperationDefinitionNode;
      fragments: Fragments;
      types: TypeConditions;
      names: Pick<DataNames, 'of'>;
    },
    variables: Data,
    keepsPlaces: boolean,
  ) {
    this.#schema = parts.schema;
    this.#document = parts.document;
    this.#operation = parts.operation;
    this.#fragments = parts.fragments;
    this.#types = parts.types;
    this.#names = parts.names;
    this.#variables = variables;
    this.#keepsPlaces = keepsPlaces;
  }

  /** Objects of a type, or of the types that belong to it. */
  object(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): Complete {
    const known = new Map<string, Make | null>();
    const makeOf = (typename: unknown): Make | null => {
      const name = typeof typename === 'string' && typename !== '' ? typename : type.name;
      let make = known.get(name);
      if (make === undefined) {
        const actual = this.#schema.getType(name);
        make = actual && isCompositeType(actual) ? compileObject(this.#fields(actual, sets)) : null;
        // Other names are as many as a service likes to make.
        if (make) known.set(name, make);
      }
      return make;
    };
    return (value, work) => {
      if (value === null || value === undefined) return null;
      if (!isData(value)) return fault(work, 'What should be an object is none');
      const make = makeOf(own(value, '__typename'));
      // Types that clients do not know look the same as those that nobody knows.
      return make ? make(value, work) : fault(work, 'The type of the object is not one of the schema');
    };
  }

  #fields(type: GraphQLNamedType, sets: readonly SelectionSetNode[]): Field[] {
    const applies = (condition: string) => this.#types.applies(condition, type.name);
    const selected = collectFields(sets, this.#fragments, this.#variables, applies);
    return [...selected].map(([name, { field, below }]) => this.#field(name, type, field, below));
  }

  #field(name: string, type: GraphQLNamedType, node: FieldNode, below: readonly SelectionSetNode[]): Field {
    const dataName = this.#names.of(node);
    if (node.name.value === '__typename') return { name, dataName, complete: this.#typename(type) };
    if (isIntrospection(node)) {
      const whole = { ...node, selectionSet: { ...below[0], selections: below.flatMap((set) => set.selections) } };
      const answer = prepareIntrospection(this.#schema, this.#document, this.#operation, whole as FieldNode);
      return { name, dataName, complete: (_said, { variables }) => answer(variables) };
    }
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!definition) throw new Error(`${type.name} has no field ${node.name.value}.`);
    const complete = this.#value(definition.type, below);
    return { name, dataName, complete: this.#keepsPlaces ? (said, work) => at(name, complete, said, work) : complete };
  }

  /**
   * The name of an object's type. Services may call their root types otherwise, so there it is not asked. A
   * service to which an interface is an object (`@interfaceObject`) says the interface's name; if nobody
   * could say the real one, there is no object.
   */
  #typename(type: GraphQLNamedType): Complete {
    return isObjectType(type) ? () => type.name : () => BUBBLE;
  }

  #value(type: GraphQLOutputType, below: readonly SelectionSetNode[]): Complete {
    if (isNonNullType(type)) return nonNull(this.#value(type.ofType, below));
    if (isListType(type)) return list(this.#value(type.ofType, below), this.#keepsPlaces);
    if (isObjectType(type) || isAbstractType(type)) return this.object(type, below);
    const isValid = leafCheck(type);
    return (value, work) => {
      if (value === null || value === undefined) return null;
      return isValid(value) ? value : fault(work, `The value is not a ${type.name}`);
    };
  }
}

/**
 * The making of objects of one type, written as code: to read and write fields by names that stand in it is
 * three times as fast as by names in variables (measured). Nothing but names of GraphQL, which are letters,
 * digits and underscores, gets into the code.
 */
function compileObject(fields: readonly Field[]): Make {
  const made = fields.map(({ name }, index) => `${name}: v${index} === FAULT ? null : v${index}`);
  const lines = fields.map(({ dataName }, index) => {
    // Names of `Object.prototype` are good names for fields too.
    const said = dataName in Object.prototype ? `own(said, '${dataName}')` : `said.${dataName}`;
    return `const v${index} = complete${index}(${said}, work); if (v${index} === BUBBLE) return FAULT;`;
  });
  const code = `return (said, work) => { ${lines.join('\n')}\n return { ${made.join(', ')} }; };`;
  const names = fields.map((_, index) => `complete${index}`);
  const completes = fields.map(({ complete }) => complete);
  return new Function('own', 'FAULT', 'BUBBLE', ...names, code)(own, FAULT, BUBBLE, ...completes);
}

function nonNull(complete: Complete): Complete {
  return (value, work) => {
    const made = complete(value, work);
    if (made === null) fault(work, 'What may not be null is null');
    return made === null || made === FAULT ? BUBBLE : made;
  };
}

function list(complete: Complete, keepsPlaces: boolean): Complete {
  return (value, work) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return fault(work, 'What should be a list is none');
    let isWhole = true;
    const made = value.map((element, index) => {
      const one = keepsPlaces ? at(index, complete, element, work) : complete(element, work);
      if (one === BUBBLE) isWhole = false;
      return one === FAULT ? null : one;
    });
    return isWhole ? made : FAULT;
  };
}

/** Completes what is at a place below. */
function at(place: string | number, complete: Complete, value: unknown, work: Work): unknown {
  work.path?.push(place);
  const made = complete(value, work);
  work.path?.pop();
  return made;
}

/** @throws FAULTY where places are not kept */
function fault(work: Work, what: string): typeof FAULT {
  if (!work.path) throw FAULTY;
  const path = [...work.path];
  work.faults.push(new GraphQLError(`${what}: ${path.join('.')}.`, { path, extensions: { code: 'INVALID_GRAPHQL' } }));
  return FAULT;
}
