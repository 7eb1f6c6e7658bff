import {
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type NamedType,
  possibleRuntimeTypes,
  type Schema,
  type Supergraph,
} from '@apollo/federation-internals';
import type { GraphQLAbstractType, GraphQLSchema } from 'graphql';

/**
 * The object types that the services of a supergraph know as members of its interfaces and unions: not all
 * services know all.
 */
export class RuntimeTypes {
  readonly #schema: GraphQLSchema;
  readonly #services: ReadonlyMap<string, Schema>;

  constructor(supergraph: Supergraph, schema: GraphQLSchema) {
    this.#schema = schema;
    this.#services = new Map([...supergraph.subgraphs().values()].map(({ name, schema }) => [name, schema]));
  }

  /** The types of objects that a service can give for a field, which returns `type` in the supergraph. */
  of(service: string, parent: string, field: string, type: GraphQLAbstractType): readonly string[] {
    const schema = this.#services.get(service);
    const owner = schema?.type(parent);
    const definition = owner && (isObjectType(owner) || isInterfaceType(owner)) ? owner.field(field) : undefined;
    let returned: NamedType | undefined = schema?.type(type.name);
    if (definition?.type) returned = 'baseType' in definition.type ? definition.type.baseType() : definition.type;
    // Where an interface is an object to the service, it can be any object of it.
    if (!returned || !isCompositeType(returned) || (isObjectType(returned) && returned.name === type.name))
      return this.#schema.getPossibleTypes(type).map(({ name }) => name);
    return isAbstractType(returned) ? possibleRuntimeTypes(returned).map(({ name }) => name) : [returned.name];
  }
}
