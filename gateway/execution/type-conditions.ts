import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { type Data, own } from '../upstream/response-data.ts';

/** Whether a type is, or belongs to, the type that a condition names. Known once, asked for every object. */
export interface TypeConditions {
  applies(condition: string, typename: string): boolean;
  /** The same for an object of data by its `__typename`; `unknown` where it has none. */
  fits(condition: string, object: Data, unknown: boolean): boolean;
  /**
   * Whether a name is that of an object type, so that there is nothing more to learn about the type of an
   * object.
   */
  isObject(typename: unknown): boolean;
}

export function createTypeConditions(schema: GraphQLSchema): TypeConditions {
  const known = new Map<string, Map<string, boolean>>();

  function look(condition: string, typename: string): boolean {
    const type = schema.getType(typename);
    const wanted = schema.getType(condition);
    return isAbstractType(wanted) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(wanted, type);
  }

  function applies(condition: string, typename: string): boolean {
    if (condition === typename) return true;
    let types = known.get(condition);
    if (!types) {
      types = new Map();
      known.set(condition, types);
    }
    let answer = types.get(typename);
    if (answer === undefined) {
      answer = look(condition, typename);
      // Types that are not in the schema are as many as a service likes to name.
      if (schema.getType(typename)) types.set(typename, answer);
    }
    return answer;
  }

  return {
    applies,
    isObject: (typename) => typeof typename === 'string' && isObjectType(schema.getType(typename)),
    fits(condition, object, unknown) {
      const typename = own(object, '__typename');
      return typeof typename === 'string' && typename !== '' ? applies(condition, typename) : unknown;
    },
  };
}
