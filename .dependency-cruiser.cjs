// The walls of the tree. Each rule says why it is there and what to do instead; `npm run walls` checks them, and CI does.

/** A client library that only the files matching `home` may import. */
const home = (library, path) => ({
  name: `home-of-${library.replace(/\W+/g, '-')}`,
  severity: 'error',
  comment: `${library} has one home, ${path}, so that its configuration and its quirks are in one place. Use what the home exports.`,
  from: { path: '^(subgraphs|gateway|kit|doctor|e2e)/', pathNot: path },
  to: { path: `node_modules/${library}/` },
});

/**
 * The floors of a part, from the ground up: a room may use those below it and beside it, never those above. The
 * order is the order in which the part can be read.
 */
const floors = (part, rooms) =>
  rooms.slice(0, -1).map((room, index) => ({
    name: `floors-of-${part}`,
    severity: 'error',
    comment: `${part} is built in floors: ${rooms.map((names) => names.join(', ')).join(' < ')}. What both floors need belongs to the lower one.`,
    from: { path: `^${part}/(${room.join('|')})(/|\\.ts$)`, pathNot: '/tests/' },
    to: {
      path: `^${part}/(${rooms
        .slice(index + 1)
        .flat()
        .join('|')})(/|\\.ts$)`,
    },
  }));

module.exports = {
  forbidden: [
    ...floors('kit', [
      ['base'],
      ['observe'],
      ['http'],
      ['mysql', 'redis', 'discovery'],
      ['identity'],
      ['graph'],
      ['feed'],
      ['socket'],
      ['service'],
      ['work'],
    ]),
    ...floors('gateway', [['upstream'], ['execution'], ['operation'], ['pipeline'], ['edge'], ['index']]),
    {
      name: 'base-stands-alone',
      severity: 'error',
      comment: 'kit/base is what everything stands on: it knows no other part of the project.',
      from: { path: '^kit/base/' },
      to: { path: '^(kit|subgraphs|gateway|launch|prisma|testing|e2e|bench|deploy)/', pathNot: '^kit/base/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need each other, if only for a type, are one idea, or there is a third one that both need: take it out.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'subgraphs-stand-alone',
      severity: 'error',
      comment:
        'A subgraph is deployed alone. Another service is asked over GraphQL (kit/service/client.ts) or heard over the bus.',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'kit-knows-no-service',
      severity: 'error',
      comment:
        'The kit is what all five share: it knows no service and no chat noun. Let the service hand in what differs.',
      from: { path: '^kit/', pathNot: '^kit/tests/' },
      to: { path: '^(subgraphs|gateway|e2e|bench)/' },
    },
    {
      name: 'kit-does-not-launch',
      severity: 'error',
      comment: 'What runs in production does not start processes. Only the testing kit may use the launcher.',
      from: { path: '^(kit|subgraphs|gateway)/', pathNot: '/tests/' },
      to: { path: '^launch/' },
    },
    {
      name: 'gateway-knows-no-subgraph',
      severity: 'error',
      comment:
        'The gateway knows subgraphs only by what they put into etcd. (compose.ts reads schema files, which is no import.)',
      from: { path: '^gateway/' },
      to: { path: '^subgraphs/' },
    },
    {
      name: 'subgraphs-stand-on-the-kit',
      severity: 'error',
      comment:
        'What a subgraph runs on comes from the kit alone: tables by kit/mysql/database.ts, other services by kit/service/client.ts.',
      from: { path: '^subgraphs/', pathNot: '/tests/' },
      to: { path: '^(gateway|prisma|e2e|bench)/' },
    },
    {
      name: 'gateway-keeps-nothing',
      severity: 'error',
      comment: 'The gateway has no tables and needs no MySQL: data belongs to a service.',
      from: { path: '^gateway/', pathNot: '/tests/' },
      to: { path: '^prisma/|^kit/mysql/|^kit/redis/counters\\.ts$' },
    },
    {
      name: 'doctor-looks-from-outside',
      severity: 'error',
      comment:
        'The doctor runs where a service does not start: it reads the configuration of each, and asks base services and instances.',
      from: { path: '^doctor/', pathNot: '/tests/' },
      to: {
        path: '^(subgraphs|gateway|launch|prisma|deploy)/|^kit/mysql/database\\.ts$',
        pathNot: '^(gateway|subgraphs/[^/]+)/config\\.ts$',
      },
    },
    {
      name: 'domain-is-plain',
      severity: 'error',
      comment:
        'Rules and permissions are plain TypeScript, so that they can be read and tested alone. Declare a port; storage implements it.',
      from: { path: '^subgraphs/[^/]+/domain/' },
      to: {
        path: '^subgraphs/[^/]+/((storage|delivery|resolvers|routes)/|(index|context|config)\\.ts$)|node_modules/(graphql|dataloader|@prisma|ioredis|etcd3|mariadb|undici|sharp)/|^(node:)?(fs|http|https|net|child_process)(/|$)|^prisma/|^kit/(base/(config|environment)\\.ts|mysql|redis|discovery|http/(?!pace)|socket|service|graph/(schema|endpoint|results|mask))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'domain-is-plain-in-types-too',
      severity: 'error',
      comment:
        'Even a type of the storage or of Prisma in the domain ties rules to tables. Declare the port with types of the domain.',
      from: { path: '^subgraphs/[^/]+/domain/' },
      to: { path: '^subgraphs/[^/]+/(storage|delivery|resolvers)/|node_modules/(graphql|@prisma)/|^prisma/' },
    },
    {
      name: 'resolvers-translate',
      severity: 'error',
      comment:
        'A resolver translates between GraphQL and the domain. Whoever reads storage there goes round the permissions.',
      from: { path: '^subgraphs/[^/]+/resolvers/' },
      to: { path: '^subgraphs/[^/]+/storage/|^prisma/|^kit/(mysql|redis|discovery|service)/' },
    },
    {
      name: 'storage-knows-no-graph',
      severity: 'error',
      comment: 'Storage implements the ports of the domain. What GraphQL makes of it is the work of resolvers.',
      from: { path: '^subgraphs/[^/]+/(storage|delivery)/' },
      to: { path: '^subgraphs/[^/]+/(resolvers/|routes/|(index|context)\\.ts$)|node_modules/graphql/' },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      comment: 'Nothing that runs in production imports what is for tests.',
      from: { path: '^(kit|subgraphs|gateway|prisma|launch|doctor|deploy)/', pathNot: '/tests/|^deploy/try/' },
      to: { path: '^testing/|/tests/' },
    },
    home('etcd3', '^kit/discovery/|^kit/service/preflight/'),
    home('ioredis', '^kit/redis/client.ts$|/tests/|^e2e/'),
    home('@prisma', '^kit/mysql/database.ts$|^prisma/'),
    home('mariadb', '^kit/mysql/|^kit/service/preflight/|/tests/'),
    home('jsonwebtoken', '^kit/identity/tokens\\.ts$'),
    home('@node-rs/argon2', '^subgraphs/auth/storage/'),
    home('sharp', '^subgraphs/file/storage/|/tests/|^e2e/'),
    home('graphql-upload-minimal', '^kit/http/uploads\\.ts$'),
    home('pino', '^kit/observe/log\\.ts$'),
    home('prom-client', '^kit/observe/metrics\\.ts$'),
    home('@opentelemetry', '^kit/observe/opentelemetry\\.ts$'),
    {
      name: 'declared-dependencies',
      severity: 'error',
      comment: 'Declared dependencies only: what is not in package.json is there by chance.',
      from: { path: '^(subgraphs|gateway|kit|testing|launch|doctor|deploy|e2e|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|prisma/generated' },
    exclude: { path: '\\.beaver|gateway/edge/page/bundle' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
