import { GraphQLScalarType } from 'graphql';
import { mergeResolvers } from '../../graph/resolvers.ts';

const one = () => 1;
const two = () => 2;

test('capabilities add fields to the same type', () => {
  const merged = mergeResolvers<object>({ Query: { one }, User: { one } }, { Query: { two } });
  expect(merged).toEqual({ Query: { one, two }, User: { one } });
});

test('a field that two capabilities resolve is refused by name', () => {
  expect(() => mergeResolvers<object>({ Query: { one } }, { Query: { one: two } })).toThrow(
    'Query.one is resolved twice',
  );
});

test('a scalar stays the object that it is, and is resolved once', () => {
  const Time = new GraphQLScalarType({ name: 'Time' });
  expect(mergeResolvers<object>({ Time }, { Query: { one } })).toEqual({ Time, Query: { one } });
  expect(() => mergeResolvers<object>({ Time }, { Time })).toThrow('Time is resolved twice');
});
