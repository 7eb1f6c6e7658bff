/** The resolvers of one service, or of one of its capabilities: by type, then by field. */
type ResolverMap = { readonly [type: string]: unknown };

/**
 * Merges the resolvers of capabilities, several of which may add fields to one type.
 * @throws Error where two of them resolve the same field
 */
export function mergeResolvers<T extends object>(...parts: readonly T[]): T {
  const merged: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [type, fields] of Object.entries(part as ResolverMap)) {
      const present = merged[type];
      if (!isFieldMap(fields) || (present !== undefined && !isFieldMap(present))) {
        if (present !== undefined) throw new Error(`${type} is resolved twice`);
        merged[type] = fields;
        continue;
      }
      const twice = Object.keys(fields).find((field) => present && Object.hasOwn(present, field));
      if (twice) throw new Error(`${type}.${twice} is resolved twice`);
      merged[type] = { ...present, ...fields };
    }
  }
  return merged as T;
}

/** Whether it resolves the fields of a type; a scalar is an instance of a class instead. */
function isFieldMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
