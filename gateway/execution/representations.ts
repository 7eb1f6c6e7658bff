import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { Bytes } from '../../kit/base/bytes.ts';
import { type Data, isData, own } from '../upstream/response-data.ts';
import { applyRewrites } from './rewrites.ts';
import type { TypeConditions } from './type-conditions.ts';

/**
 * What a service is told of an object so that it knows which one is meant, in JSON; and where among the
 * objects it was found.
 */
export interface Representation {
  text: Bytes;
  places: number[];
}

type Selections = readonly QueryPlanSelectionNode[];

/** What is told of objects of one type. */
interface Told {
  /** Whether the plan means such objects at all. */
  isMeant: boolean;
  /** The parts that are not the same for all of them, as their type is. */
  fields: readonly Field[];
  /** What comes after them. */
  end: string;
  /** The field that most likely tells them apart; null where there is none that could. */
  key: string | null;
}

interface Field {
  name: string;
  /** What comes before its value. */
  lead: string;
  below: Writer | null;
}

/** The first object that has its key. */
interface Known {
  told: Told;
  object: Data;
  made: Representation;
}

/**
 * Types of which is remembered what is told: names that are none of the graph's are as many as a service
 * likes to say.
 */
const MAX_TYPES = 1_000;

/**
 * Compiles how the objects of a fetch are represented: each distinct one once. Left out is what the plan does
 * not mean by its type, and what the service cannot be asked of because a part of what it requires is not
 * known.
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
    // An answer often has the same few people in very many places: they are known before they are written.
    const byKey = new Map<string, Known>();
    const byText = new Map<Bytes, Representation>();
    objects.forEach((object, place) => {
      if (typeof own(object, '__typename') !== 'string') return;
      const told = writer.of(object);
      if (!told.isMeant) return;
      const key = told.key === null ? undefined : own(object, told.key);
      const hasKey = typeof key === 'string';
      const near = hasKey ? byKey.get(key) : undefined;
      if (near && near.told === told && isAlike(told, near.object, object)) {
        near.made.places.push(place);
        return;
      }
      const text = write(told, object);
      if (text === null) return;
      let made = near?.made.text === text ? near.made : byText.get(text);
      if (!made) {
        made = { text, places: [] };
        all.push(made);
        // Nothing that has another key has the same text.
        if (hasKey && !near) byKey.set(key, { told, object, made });
        else byText.set(text, made);
      }
      made.places.push(place);
    });
    return all;
  };
}

/** Whether it is plain that the same is told of two objects. */
function isAlike({ fields }: Told, one: Data, other: Data): boolean {
  return fields.every(({ name, below }) => below === null && own(one, name) === own(other, name));
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

  write({ fields, end }: Told, object: Data): string | null {
    let text = '';
    for (const { name, lead, below } of fields) {
      const value = own(object, name);
      // Without a part of what the service requires it can't be asked of this object; why it is missing was
      // said where it was fetched.
      if (value === undefined) return null;
      text += lead + (below ? below.#writeAny(value) : JSON.stringify(value));
    }
    return text + end;
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
    const typename = own(object, '__typename');
    const fields: Field[] = [];
    let text = '{';
    for (const [name, below] of selected) {
      text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:`;
      if (name === '__typename' && typeof typename === 'string') text += JSON.stringify(typename);
      else {
        fields.push({ name, lead: text, below: below && new Writer(below, this.#types) });
        text = '';
      }
    }
    // What is required besides the key comes before it, and may be the same for many, or nothing.
    const key = fields.findLast(({ below }) => below === null)?.name ?? null;
    return { isMeant: selected.size > 0, fields, end: `${text}}`, key };
  }
}
