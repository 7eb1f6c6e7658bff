import { buildSchema, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { createRandom } from '../../../testing/random.ts';

/** What no error may contain. It is no name, so it shows as the name of a field neither. */
export const SECRET = 's3cret-';
const SCALARS = ['ID', 'String', 'Int', 'Float', 'Boolean', 'Odd', 'Strict', 'Level'];

/** A schema of input types that contain each other, and values for them, most of which fit. */
export class InputWorld {
  readonly schema: GraphQLSchema;
  /** Types of the argument `v` of the fields `find0`, `find1` … */
  readonly types: readonly string[];
  readonly #random: (limit: number) => number;
  readonly #fields = new Map<string, { name: string; type: string }[]>();

  constructor(seed: number) {
    this.#random = createRandom(seed);
    const inputs = Array.from({ length: 5 }, (_, index) => this.#input(`In${index}`, index));
    this.#fields.set('One', [
      { name: 'a', type: 'Int' },
      { name: 'b', type: '[Strict!]' },
      { name: 'c', type: 'In0' },
    ]);
    this.types = Array.from({ length: 20 }, () => this.type(5));
    const finds = this.types.map((type, index) => `find${index}(v: ${type}): Int`).join('  ');
    this.schema = buildSchema(`
      scalar Odd
      scalar Strict
      enum Level { LOW HIGH }
      input One @oneOf { a: Int  b: [Strict!]  c: In0 }
      ${inputs.join('\n')}
      type Query { find(id: ID, text: String, share: Float, isOpen: Boolean): Int  ${finds} }
    `);
    const strict = this.schema.getType('Strict') as GraphQLScalarType;
    strict.parseValue = (value) => {
      if (value !== 'fits') throw new Error(`Not strict: ${value}`);
      return { parsed: value };
    };
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random(items.length)] as T;
  }

  #input(name: string, index: number): string {
    const fields = Array.from({ length: 1 + this.#random(4) }, (_, n) => {
      const type = this.type(index);
      const value = type === 'Int' || type === 'Int!' ? ' = 7' : type === '[ID!]' ? ' = ["x"]' : '';
      return { name: `f${n}`, type, text: `f${n}: ${type}${value}` };
    });
    // Of itself, or it would be no type of which a value can be made.
    fields.push({ name: 'own', type: `[${name}!]`, text: `own: [${name}!]` });
    this.#fields.set(name, fields);
    return `input ${name} { ${fields.map(({ text }) => text).join('  ')} }`;
  }

  /** A type made of scalars and of the first `inputs` input types. */
  type(inputs: number): string {
    const named = this.#pick([
      ...SCALARS,
      ...(inputs > 0 ? ['One'] : []),
      ...[...this.#fields.keys()].slice(0, inputs),
    ]);
    return this.#pick([named, `${named}!`, `[${named}]`, `[${named}!]`, `[[${named}!]]!`]);
  }

  #anything(depth: number): unknown {
    const leaves = [null, true, 0, -0, 1.5, 2 ** 31, 2 ** 53, '', '7', 'LOW', 'fits', `${SECRET}${this.#random(99)}`];
    if (depth > 2) return this.#pick(leaves);
    return this.#pick<() => unknown>([
      ...leaves.map((leaf) => () => leaf),
      () => [],
      () => [this.#anything(depth + 1), this.#anything(depth + 1)],
      () => ({ [this.#pick(['f0', 'a', 'own', 'toString', `${SECRET}key`])]: this.#anything(depth + 1) }),
      () => JSON.parse(`{"__proto__": "${SECRET}proto"}`),
    ])();
  }

  /** A value as it is written into a document; null where JSON has it and a document has not. */
  literal(value: unknown): string | null {
    if (Array.isArray(value)) {
      const items = value.map((item) => this.literal(item));
      return items.includes(null) ? null : `[${items.join(', ')}]`;
    }
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).map(([name, inner]) => ({ name, inner: this.literal(inner) }));
      if (fields.some(({ name, inner }) => inner === null || !/^\w+$/.test(name))) return null;
      return `{${fields.map(({ name, inner }) => `${name}: ${inner}`).join(', ')}}`;
    }
    const isEnum = (value === 'LOW' || value === 'HIGH') && this.#random(5) > 0;
    return isEnum ? value : JSON.stringify(value);
  }

  /** A value that mostly fits. */
  value(type: string, depth = 0): unknown {
    if (this.#random(25) === 0) return this.#anything(depth);
    if (type.endsWith('!')) return this.value(type.slice(0, -1), depth);
    if (this.#random(12) === 0) return null;
    if (type.startsWith('[')) {
      const item = type.slice(1, -1);
      const length = depth > 4 ? 0 : this.#random(3);
      return this.#random(6) === 0
        ? this.value(item, depth + 1)
        : Array.from({ length }, () => this.value(item, depth + 1));
    }
    const fields = this.#fields.get(type);
    if (!fields) return this.#leaf(type);
    const given = type === 'One' && this.#random(10) > 0 ? [this.#pick(fields)] : fields;
    return Object.fromEntries(
      given
        .filter(() => type === 'One' || this.#random(8) > 0)
        .map(({ name, type }) => [name, this.value(type, depth + 1)]),
    );
  }

  #leaf(type: string): unknown {
    const leaves: Record<string, readonly unknown[]> = {
      ID: ['x', 7, '7'],
      String: ['', `${SECRET}text`],
      Int: [0, -5, 2 ** 31 - 1],
      Float: [1, 1.5],
      Boolean: [true, false],
      Odd: [1, 'x', { any: `${SECRET}thing` }],
      Strict: ['fits'],
      Level: ['LOW', 'HIGH'],
    };
    return this.#pick(leaves[type] as readonly unknown[]);
  }
}
