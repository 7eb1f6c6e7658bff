import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Bytes } from '../../kit/bytes.ts';
import { type Data, isData, own } from './data.ts';
import { applyRewrites } from './rewrites.ts';
import type { TypeConditions } from './types.ts';

/** What a service is told of an object so that it knows which one is meant, in JSON; and where among the objects it was found. */
export interface Representation {
  text: Bytes;
  places: number[];
}

type Selections = readonly QueryPlanSelectionNode[];

/** What is told of objects of one type. */
interface Told {
  fields: readonly Field[];
  /** The one field that tells them apart, where it is one and their type is told too. */
  key: string | null;
}

interface Field {
  name: string;
  /** What comes before its value: a comma where it is not the first, its name and a colon. */
  lead: string;
  below: Writer | null;
}

/** Types of which is remembered what is told: names that are none of the graph's are as many as a service likes to say. */
const MAX_TYPES = 1_000;

/**
 * Compiles how the objects of a fetch are represented: each distinct one once. Left out is what the plan does not mean by its type, and what the service cannot be asked of because a
 * part of what it requires is not known.
 */
export function createRepresent(
  { requires = [], inputRewrites }: Pick<FetchNode, 'requires' | 'inputRewrites'>,
  types: TypeConditions,
): (objects: readonly Data[]) => Representation[] {
  const writer = new Writer(requires, types);

  function write(told: Told, object: Data): Bytes | null {
    const text = writer.write(told, object);
    if (text === null || !inputRewrites) return text as Bytes | null;
    const made = JSON.parse(text) as Data;
    applyRewrites(inputRewrites, made, types);
    return JSON.stringify(made) as Bytes;
  }

  return (objects) => {
    const all: Representation[] = [];
    // An answer often has the same few people in very many places: they are known by their ids, before they are written. The others are known by what was written.
    const byKey = new Map<Told, Map<string, Representation>>();
    const byText = new Map<Bytes, Representation>();
    objects.forEach((object, place) => {
      if (typeof own(object, '__typename') !== 'string') return;
      const told = writer.of(object);
      // Rewritten, those of different types may become the same.
      const key = told.key === null || inputRewrites ? undefined : own(object, told.key);
      const hasKey = typeof key === 'string';
      const known = hasKey ? byKey.get(told)?.get(key) : undefined;
      if (known) {
        known.places.push(place);
        return;
      }
      const text = told.fields.length === 0 ? null : write(told, object);
      if (text === null) return;
      let made = hasKey ? undefined : byText.get(text);
      if (made) made.places.push(place);
      else {
        made = { text, places: [place] };
        all.push(made);
      }
      if (hasKey) byKey.set(told, (byKey.get(told) ?? new Map()).set(key, made));
      else byText.set(text, made);
    });
    return all;
  };
}

class Writer {
  readonly #selections: Selections;
  readonly #types: TypeConditions;
  readonly #known = new Map<unknown, Told>();

  constructor(selections: Selections, types: TypeConditions) {
    this.#selections = selections;
    this.#types = types;
  }

  /** What is told of objects of the type of this one. */
  of(object: Data): Told {
    const typename = own(object, '__typename');
    let told = this.#known.get(typename);
    if (!told) {
      told = this.#collect(object);
      if (this.#known.size < MAX_TYPES) this.#known.set(typename, told);
    }
    return told;
  }

  write({ fields }: Told, object: Data): string | null {
    let text = '{';
    for (const { name, lead, below } of fields) {
      const value = own(object, name);
      // Without a part of what the service requires it can't be asked of this object; why it is missing was said where it was fetched.
      if (value === undefined) return null;
      text += lead + (below ? below.#writeAny(value) : JSON.stringify(value));
    }
    return `${text}}`;
  }

  #writeAny(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((element) => this.#writeAny(element)).join(',')}]`;
    return isData(value) ? (this.write(this.of(value), value) ?? 'null') : JSON.stringify(value);
  }

  #collect(object: Data): Told {
    const selected = new Map<string, QueryPlanSelectionNode[] | null>();
    const add = (selections: Selections): void => {
      for (const selection of selections) {
        if (selection.kind === 'InlineFragment') {
          const { typeCondition } = selection;
          if (typeCondition !== undefined && this.#types.fits(typeCondition, object, false)) add(selection.selections);
          continue;
        }
        const name = selection.alias ?? selection.name;
        const before = selected.get(name) ?? [];
        selected.set(name, selection.selections ? [...before, ...selection.selections] : null);
      }
    };
    add(this.#selections);
    const fields = [...selected].map(([name, below], index) => ({
      name,
      lead: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
      below: below && new Writer(below, this.#types),
    }));
    const telling = fields.filter(({ name }) => name !== '__typename');
    const isTold = telling.length === 1 && fields.length === 2;
    return { fields, key: isTold ? (telling[0] as Field).name : null };
  }
}
