/** The scope that every access token of a user has. */
const USER_SCOPE = 'user';

/** What operators can make of an account, and the scopes that its tokens then have beside `user`. */
const SCOPES = {
  /** Tools that read the schema through the gateway. */
  developer: ['introspection'],
} satisfies Record<string, readonly string[]>;

export type Role = keyof typeof SCOPES;

export const ROLES = Object.keys(SCOPES) as Role[];

export function isRole(name: string): name is Role {
  return Object.hasOwn(SCOPES, name);
}

export interface RoleStore {
  list(accountId: string): Promise<string[]>;
  /** Whether the account did not have it before. */
  grant(accountId: string, role: Role, at: Date): Promise<boolean>;
  /** Whether the account had it. */
  revoke(accountId: string, role: Role): Promise<boolean>;
}

/** The scopes of an account that has these roles. A role that only a newer release knows gives none. */
export function scopesOf(roles: readonly string[]): string[] {
  return [...new Set([USER_SCOPE, ...roles.filter(isRole).flatMap((role) => SCOPES[role])])];
}
