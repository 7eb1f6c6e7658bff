import type { FetchDataRewrite } from '@apollo/query-planner';
import { type Data, isData, own } from '../upstream/response-data.ts';
import type { TypeConditions } from './type-conditions.ts';

const TYPE = '... on ';

/**
 * Changes that a plan wants in what a service is told, or has said: a value that is set, or a field that gets
 * another name.
 */
export function applyRewrites(rewrites: readonly FetchDataRewrite[], data: Data, types: TypeConditions): void {
  for (const rewrite of rewrites) {
    const name = rewrite.path.at(-1);
    if (name === undefined) continue;
    at(data, rewrite.path.slice(0, -1), types, (object) => {
      if (rewrite.kind === 'ValueSetter') {
        object[name] = rewrite.setValueTo;
        return;
      }
      const value = own(object, name);
      if (value === undefined) return;
      object[rewrite.renameKeyTo] = value;
      delete object[name];
    });
  }
}

function at(value: unknown, path: readonly string[], types: TypeConditions, change: (object: Data) => void): void {
  if (Array.isArray(value)) for (const element of value) at(element, path, types, change);
  if (!isData(value)) return;
  const [first, ...rest] = path;
  if (first === undefined) change(value);
  else if (!first.startsWith(TYPE)) at(own(value, first), rest, types, change);
  // Plans count on it that an object whose type nobody has said is changed too.
  else if (types.fits(first.slice(TYPE.length), value, true)) at(value, rest, types, change);
}
