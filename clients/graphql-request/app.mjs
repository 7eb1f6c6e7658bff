import { GraphQLClient } from 'graphql-request';
import { check, friends, HTTP, LIST } from '../lib/people.mjs';

const { bo } = await friends();
const headers = { authorization: `Bearer ${bo.token}` };

const found = await new GraphQLClient(HTTP, { headers }).request(LIST);
check('a query', found.viewer.id === bo.id, found);
const got = await new GraphQLClient(HTTP, { headers, method: 'GET', jsonSerializer: JSON }).request(LIST);
check('a query by GET', got.viewer.id === bo.id, got);
const error = await new GraphQLClient(HTTP, { headers: { authorization: 'Basic YTpi' } }).request(LIST).catch((e) => e);
const { code } = error.response?.errors?.[0]?.extensions ?? {};
check('a refused token has its code', code === 'UNAUTHENTICATED', String(error));
