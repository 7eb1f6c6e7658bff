import { testsOf } from '../changed.ts';

test.each([
  ['a test file', 'e2e/story.test.ts', ['e2e/story.test.ts']],
  ['a file of a capability', 'subgraphs/chat/domain/typing/typing.ts', ['subgraphs/chat/tests/typing/']],
  ['the schema of a capability', 'subgraphs/chat/schema/typing.graphql', ['subgraphs/chat/tests/typing/']],
  ['the resolvers of a capability', 'subgraphs/user/resolvers/friends.ts', ['subgraphs/user/tests/friends/']],
  ['a file of a service', 'subgraphs/chat/index.ts', ['subgraphs/chat/tests/']],
  ['what tests of a service share', 'subgraphs/chat/tests/sends.ts', ['subgraphs/chat/tests/']],
  ['a part of the kit', 'kit/socket/server.ts', ['kit/tests/socket/']],
  ['a part without a folder of tests', 'launch/base/child.ts', ['launch/tests/base.test.ts']],
  [
    'a file with test files of its name',
    'subgraphs/chat/resolvers/inbox.ts',
    ['subgraphs/chat/tests/delivery/inbox-ends.test.ts', 'subgraphs/chat/tests/delivery/inbox.test.ts'],
  ],
  ['a part of the gateway', 'gateway/edge/http.ts', ['gateway/tests/http.test.ts']],
  ['the whole gateway', 'gateway/index.ts', ['gateway/tests/']],
  ['a document', 'gateway/README.md', []],
  ['what no test is beside', 'examples/demo.mjs', []],
  ['a test that was removed', 'kit/tests/gone.test.ts', []],
  ['the test kit, on which all depend', 'testing/stack.ts', null],
  ['the packages', 'package-lock.json', null],
  ['what tests of the whole share', 'e2e/operations.ts', null],
])('%s', (_, path, tests) => {
  expect(testsOf([path, path])).toEqual(tests);
});
