import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { createRandom } from '../../../testing/random.ts';
import type { Asked } from './system.ts';

/** What is selected at one place of the answer, so that names there mean one thing. */
class Place {
  readonly fields = new Map<string, { text: string; type: string; parent: string }>();
  readonly below = new Map<string, Place>();
}

/** Names that fields of the graph have: as aliases they are the nastiest. */
const ALIASES = [
  'id',
  'handle',
  'sku',
  'box',
  'name',
  'nick',
  'price',
  'width',
  'height',
  '__typename',
  'a',
  'b',
  'constructor',
  'toString',
  'renamed_id',
  'renamed_sku',
  'required0_price',
  'required1_price',
  'name__alias_0',
  '_entities',
];
const IDS = ['p0', 'p1', 'p2', 'b3', 'b4', 'p5', 'nobody'];

/** Makes operations that are valid for a schema, or nearly always. */
export class Operations {
  readonly #schema: GraphQLSchema;
  readonly #random: (limit: number) => number;
  #left = 0;
  #variables = new Map<string, { type: string; value: unknown }>();
  #fragments: string[] = [];

  constructor(schema: GraphQLSchema, seed: number) {
    this.#schema = schema;
    this.#random = createRandom(seed);
  }

  next(): Asked {
    this.#left = 4 + this.#random(26);
    this.#variables = new Map();
    this.#fragments = [];
    const kind = this.#pick(['query', 'query', 'query', 'query', 'mutation', 'subscription'] as const);
    const root = { query: 'getQueryType', mutation: 'getMutationType', subscription: 'getSubscriptionType' } as const;
    const type = this.#schema[root[kind]]() as GraphQLObjectType;
    const set =
      kind === 'subscription' ? `{ ${this.#field(type, new Place(), 0, true)} }` : this.#set(type, new Place(), 0);
    const names = [...this.#variables];
    const head = names.length > 0 ? `(${names.map(([name, { type }]) => `$${name}: ${type}`).join(', ')})` : '';
    const variables = Object.fromEntries(
      names.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
    );
    return { text: [`${kind} ${this.#pick(['', 'Named'])}${head} ${set}`, ...this.#fragments].join('\n'), variables };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T;
  }

  #chance(percent: number): boolean {
    return this.#random(100) < percent;
  }

  #set(type: GraphQLCompositeType, place: Place, depth: number): string {
    const parts: string[] = [];
    const count = 1 + this.#random(depth === 0 ? 3 : 5);
    for (let i = 0; i < count; i += 1) {
      this.#left -= 1;
      if (this.#chance(22) && depth < 7) parts.push(this.#fragment(type, place, depth));
      else parts.push(this.#field(type, place, depth, false));
    }
    const kept = parts.filter((part) => part !== '');
    return `{ ${kept.length > 0 ? kept.join(' ') : 'something: __typename'} }`;
  }

  #fragment(type: GraphQLCompositeType, place: Place, depth: number): string {
    const others = this.#overlapping(type);
    const condition = this.#chance(15) ? type : this.#pick(others);
    const set = this.#set(condition, place, depth + 1);
    const directives = this.#conditions();
    if (this.#chance(60)) {
      const on = condition === type && this.#chance(50) ? '' : ` on ${condition.name}`;
      return `...${on}${directives} ${set}`;
    }
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${condition.name} ${set}`);
    const again = this.#chance(20) ? ` ...${name}${this.#conditions()}` : '';
    return `...${name}${directives}${again}`;
  }

  /** The types that a fragment on a type may have. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const members = this.#members(type);
    return Object.values(this.#schema.getTypeMap()).filter(
      (other): other is GraphQLCompositeType =>
        isCompositeType(other) &&
        !other.name.startsWith('__') &&
        this.#members(other).some((one) => members.includes(one)),
    );
  }

  #members(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
  }

  #typename(place: Place, parent: string): string {
    const name = this.#chance(40) ? this.#pick(ALIASES) : '__typename';
    if (!this.#take(place, name, { text: '__typename', type: 'String!', parent })) return '';
    return name === '__typename' ? name : `${name}: __typename`;
  }

  #field(type: GraphQLCompositeType, place: Place, depth: number, isEvent: boolean): string {
    const isRootless = isEvent || (depth === 0 && type !== this.#schema.getQueryType());
    if (isUnionType(type) || (this.#chance(8) && !isRootless)) return this.#typename(place, type.name);
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => !isCompositeType(getNamedType(field.type)));
    const field = this.#pick((this.#left <= 0 || depth > 7) && leaves.length > 0 ? leaves : all);
    const below = getNamedType(field.type);
    const text = `${field.name}${this.#arguments(field)}`;
    let name = field.name;
    if (this.#chance(35)) name = this.#pick(ALIASES);
    else if (this.#chance(15)) name = this.#pick(all).name;
    if (!this.#take(place, name, { text, type: String(field.type), parent: isObjectType(type) ? type.name : '' }))
      return '';
    const start = `${name === field.name ? '' : `${name}: `}${text}${isEvent ? '' : this.#conditions()}`;
    if (!isCompositeType(below)) return start;
    const inner = place.below.get(name) ?? new Place();
    place.below.set(name, inner);
    return `${start} ${this.#set(below, inner, depth + 1)}`;
  }

  /** Whether a name can be used for this at a place. */
  #take(place: Place, name: string, wanted: { text: string; type: string; parent: string }): boolean {
    const known = place.fields.get(name);
    if (!known) {
      place.fields.set(name, wanted);
      return true;
    }
    if (known.text === wanted.text) return true;
    // Objects of two types are never at one place at a time.
    const isApart = known.parent !== '' && wanted.parent !== '' && known.parent !== wanted.parent;
    return isApart && known.type === wanted.type && !place.below.has(name);
  }

  #conditions(): string {
    if (!this.#chance(12)) return '';
    const value = this.#chance(70) ? this.#variable('Boolean!', this.#chance(50), true) : String(this.#chance(50));
    return ` @${this.#pick(['skip', 'include'])}(if: ${value})`;
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.flatMap((argument) =>
      (isNonNullType(argument.type) && argument.defaultValue === undefined) || this.#chance(50)
        ? [`${argument.name}: ${this.#argument(argument)}`]
        : [],
    );
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #argument({ type, name }: GraphQLArgument): string {
    if (!this.#chance(35)) return this.#literal(type, name, 0);
    return this.#variable(String(type), this.#value(type, name), this.#chance(50));
  }

  #variable(type: string, value: unknown, mayShare: boolean): string {
    const shared = [...this.#variables].filter(([, known]) => known.type === type);
    if (mayShare && shared.length > 0) return `$${this.#pick(shared)[0]}`;
    const name = `${this.#pick(['v', 'id', 'representations_'])}${this.#variables.size}`;
    this.#variables.set(name, { type, value });
    return `$${name}`;
  }

  /** A value as JSON has it; undefined for one that is left out. */
  #value(type: GraphQLInputType, name: string): unknown {
    if (isNonNullType(type)) return this.#value(type.ofType, name) ?? this.#value(type, name);
    if (this.#chance(8)) return undefined;
    if (this.#chance(6)) return null;
    if (isListType(type))
      return this.#chance(30) ? this.#value(type.ofType, name) : [this.#value(type.ofType, name) ?? null];
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) return { amount: this.#random(5) };
    return this.#scalar(type.name, name);
  }

  #scalar(type: string, name: string): unknown {
    if (name === 'id') return this.#pick(IDS);
    if (name === 'handle') return this.#pick(['h1', 'h2', 'h3']);
    if (type === 'Int') return name === 'first' ? this.#random(4) : this.#random(1_000) - 500;
    if (type === 'Float') return this.#pick([0, 1, 1.5, -0.25, 1e21, 100]);
    if (type === 'Boolean') return this.#chance(50);
    return this.#pick(['USD', 'EUR', 'CNY', 'x "quoted"', 'zwei\nZeilen', '名']);
  }

  #literal(type: GraphQLInputType, name: string, depth: number): string {
    if (isNonNullType(type)) {
      const made = this.#literal(type.ofType, name, depth);
      return made === 'null' ? this.#literal(type, name, depth) : made;
    }
    if (this.#chance(6)) return 'null';
    if (isListType(type)) {
      const one = () => this.#literal(type.ofType, name, depth + 1);
      return this.#chance(30) ? one() : `[${Array.from({ length: this.#random(3) }, one).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => depth < 2 && field && this.#chance(50));
      return `{${fields.map((field) => `${field.name}: ${this.#literal(field.type, field.name, depth + 1)}`).join(', ')}}`;
    }
    const value = this.#scalar(type.name, name);
    return type.name === 'Float' && this.#chance(30) ? '1.50' : JSON.stringify(value);
  }
}
