import {
  AUTHENTICATED_VERSIONS,
  type Directive,
  FeatureUrl,
  POLICY_VERSIONS,
  REQUIRES_SCOPES_VERSIONS,
  type Schema,
} from '@apollo/federation-internals';
import { type DirectiveNode, Kind, parse, print } from 'graphql';

/** What each specification of access rules calls its directive, in the versions that are enforced here. */
const FEATURES = {
  authenticated: AUTHENTICATED_VERSIONS,
  requiresScopes: REQUIRES_SCOPES_VERSIONS,
  policy: POLICY_VERSIONS,
};

/** A directive of the Apollo Federation specification that says who may see what it stands on. */
export type AccessDirective = keyof typeof FEATURES;

/**
 * The supergraph as a planner takes it that does not enforce access rules: without `for: SECURITY` at those
 * that are enforced here. Any other feature for security keeps its mark, so that whoever does not know it
 * refuses the supergraph.
 */
export function withoutSecurity(supergraphSdl: string): string {
  // Most have none, and need not be parsed for it.
  if (!Object.values(FEATURES).some(({ identity }) => supergraphSdl.includes(identity))) return supergraphSdl;
  let text = supergraphSdl;
  const links = parse(supergraphSdl)
    .definitions.filter(({ kind }) => kind === Kind.SCHEMA_DEFINITION || kind === Kind.SCHEMA_EXTENSION)
    .flatMap((node) => ('directives' in node ? (node.directives ?? []) : []))
    .filter(isEnforced);
  // From the last to the first, so that a cut does not move what is still to be cut.
  for (const link of links.reverse()) {
    const { start, end } = link.loc as NonNullable<DirectiveNode['loc']>;
    const unmarked = { ...link, arguments: link.arguments?.filter(({ name }) => name.value !== 'for') };
    text = text.slice(0, start) + print(unmarked) + text.slice(end);
  }
  return text;
}

/**
 * Each place of a supergraph where an access rule stands. @throws where rules are linked that cannot be read,
 * or are of a version that is not enforced here
 */
export function findApplications(schema: Schema): { directive: AccessDirective; application: Directive }[] {
  const found: { directive: AccessDirective; application: Directive }[] = [];
  for (const [directive, versions] of Object.entries(FEATURES)) {
    const linked = schema.coreFeatures?.getByIdentity(versions.identity);
    if (!linked) continue;
    if (!versions.find(linked.url.version)) throw new Error(`The access rules of ${linked.url} are not known here.`);
    const definition = schema.directive(linked.directiveNameInSchema(directive));
    if (!definition) throw new Error(`The supergraph does not say what the directive of ${linked.url} is.`);
    for (const application of definition.applications())
      found.push({ directive: directive as AccessDirective, application });
  }
  return found;
}

function isEnforced({ arguments: given = [] }: DirectiveNode): boolean {
  const url = given.find(({ name }) => name.value === 'url')?.value;
  const feature = url?.kind === Kind.STRING ? FeatureUrl.maybeParse(url.value) : undefined;
  return Object.values(FEATURES).some(
    (versions) => versions.identity === feature?.identity && versions.find(feature.version) !== undefined,
  );
}
