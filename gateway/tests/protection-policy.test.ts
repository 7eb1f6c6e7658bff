import type { IncomingMessage } from 'node:http';
import { parse } from 'graphql';
import { clientAddress } from '../operation/limits/address.ts';
import { readProtectionConfig } from '../operation/limits/config.ts';
import {
  asksForSchema,
  type IntrospectionPolicy,
  introspectionRefusal,
  mayIntrospect,
  withoutSuggestions,
} from '../operation/limits/introspection.ts';

const viewer = (...scopes: string[]) => ({ userId: 'u', sessionId: 's', scopes, expiresAt: 0 });

test.each([
  ['{ __schema { types { name } } }', true],
  ['{ me: __type(name: "User") { name } }', true],
  ['{ viewer { id } ...F } fragment F on Query { ... { __schema { description } } }', true],
  ['query A { viewer { id } } query B { __schema { description } }', true],
  ['{ __typename viewer { __typename schema: id } }', false],
])('%s asks for the schema: %s', (text, asks) => {
  expect(asksForSchema(parse(text))).toBe(asks);
});

test.each<[IntrospectionPolicy, ReturnType<typeof viewer> | null, boolean]>([
  ['on', null, true],
  ['off', viewer('user', 'introspection'), false],
  ['scope', null, false],
  ['scope', viewer('user'), false],
  ['scope', viewer('user', 'introspection'), true],
])('introspection is %s: for %j %s', (policy, who, may) => {
  expect(mayIntrospect(policy, who)).toBe(may);
});

test('who may not introspect is told how', () => {
  expect(introspectionRefusal('scope')).toMatchObject({
    message: expect.stringContaining('"introspection"'),
    extensions: { code: 'INTROSPECTION_DISABLED' },
  });
});

test('introspection is for a scope in production, and on elsewhere, unless it is said', () => {
  expect(readProtectionConfig({ NODE_ENV: 'production' }).introspection).toBe('scope');
  expect(readProtectionConfig({}).introspection).toBe('on');
  expect(readProtectionConfig({ NODE_ENV: 'production', GATEWAY_INTROSPECTION: 'off' }).introspection).toBe('off');
  expect(() => readProtectionConfig({ GATEWAY_INTROSPECTION: 'maybe' })).toThrow('GATEWAY_INTROSPECTION');
});

test.each([
  [
    'Cannot query field "nam" on type "User". Did you mean "name" or "userName"?',
    'Cannot query field "nam" on type "User".',
  ],
  ['Unknown type "Usr". Did you mean "User"?', 'Unknown type "Usr".'],
  [
    'Cannot query field "x" on type "Any". Did you mean to use an inline fragment on "Big" or "Thing"?',
    'Cannot query field "x" on type "Any".',
  ],
  ['Syntax Error: Unexpected Name "x".', 'Syntax Error: Unexpected Name "x".'],
])('%s', (message, shown) => {
  expect(withoutSuggestions(message)).toBe(shown);
});

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test.each<[string, IncomingMessage, number, string]>([
  ['no proxy of ours: the header may be a lie', request('10.0.0.1', '1.2.3.4'), 0, '10.0.0.1'],
  ['one proxy', request('10.0.0.1', '6.6.6.6, 1.2.3.4'), 1, '1.2.3.4'],
  ['two proxies', request('10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2'), 2, '1.2.3.4'],
  ['fewer entries than proxies', request('10.0.0.1', '1.2.3.4'), 2, '10.0.0.1'],
  ['a proxy that was passed by', request('10.0.0.1'), 1, '10.0.0.1'],
  ['IPv4 in IPv6', request('::ffff:10.0.0.1'), 0, '10.0.0.1'],
  ['IPv6: the network of a house', request('2001:db8:0:1:aaaa::5'), 0, '2001:db8:0:1::/64'],
  ['IPv6, shortened', request('2001:db8::5'), 0, '2001:db8:0:0::/64'],
  ['IPv6 of this machine', request('::1'), 0, '0:0:0:0::/64'],
])('the address of a client, %s', (_what, incoming, proxies, address) => {
  expect(clientAddress(incoming, proxies)).toBe(address);
});
