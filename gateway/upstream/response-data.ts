/**
 * An object of the response data: JSON of services with strings as bytes (see `Bytes`). Also variables, as
 * plain JSON.
 */
export type Data = { [name: string]: unknown };

/** A path in a plan: names of fields, and `@` for each element of a list. */
export type PlanPath = readonly (string | number)[];

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads an own field. Data has no functions, so a function comes from `Object.prototype`, whose names
 * (`constructor`, `toString`) are valid field names.
 */
export function own(object: Data, name: string): unknown {
  const value = object[name];
  return typeof value === 'function' || name === '__proto__' ? undefined : value;
}

/**
 * Merges a service's data into an object: objects field by field, lists element by element, otherwise the
 * later value wins.
 */
export function merge(target: Data, source: Data): void {
  for (const name in source) {
    // No operation can select it (see `refuseReserved`): only a malicious service sends it.
    if (name === '__proto__') continue;
    const said = source[name];
    const known = own(target, name);
    if (typeof said !== 'object' || said === null || typeof known !== 'object' || known === null) target[name] = said;
    else if (Array.isArray(said)) mergeLists(target, name, known, said);
    else if (Array.isArray(known)) target[name] = said;
    else merge(known as Data, said as Data);
  }
}

function mergeLists(target: Data, name: string, known: object, said: unknown[]): void {
  if (!Array.isArray(known) || known.length !== said.length) {
    target[name] = said;
    return;
  }
  said.forEach((element, index) => {
    const before: unknown = known[index];
    if (isData(element) && isData(before)) merge(before, element);
    else if (Array.isArray(element) && Array.isArray(before))
      mergeLists(known as unknown as Data, String(index), before, element);
    else known[index] = element;
  });
}

/** Collects the values at a path below a value, in order. A null or missing value has none. */
export function collect(value: unknown, path: PlanPath, into: Data[] = [], at = 0): Data[] {
  if (Array.isArray(value)) {
    const next = path[at] === '@' ? at + 1 : at;
    for (const element of value) collect(element, path, into, next);
  } else if (isData(value)) {
    if (at === path.length) into.push(value);
    else collect(own(value, String(path[at])), path, into, at + 1);
  }
  return into;
}

/** Paths in the response of the values that `collect` finds, in the same order. */
export function collectPaths(
  value: unknown,
  path: PlanPath,
  above: readonly (string | number)[] = [],
  into: (readonly (string | number)[])[] = [],
  at = 0,
): (readonly (string | number)[])[] {
  if (Array.isArray(value)) {
    const next = path[at] === '@' ? at + 1 : at;
    value.forEach((element, index) => {
      collectPaths(element, path, [...above, index], into, next);
    });
  } else if (isData(value)) {
    const name = String(path[at]);
    if (at === path.length) into.push(above);
    else collectPaths(own(value, name), path, [...above, name], into, at + 1);
  }
  return into;
}

/** A deep copy. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isData(value)) return value;
  const made: Data = {};
  for (const name in value) if (name !== '__proto__') made[name] = copy(value[name]);
  return made as T;
}
