// The walls of the tree. Each rule says why it is there and what to do instead; `npm run walls` checks them, and CI does.

/** A client library that only the files matching `home` may import. */
const home = (library, path) => ({
  name: `home-of-${library.replace(/\W+/g, '-')}`,
  severity: 'error',
  comment: `${library} has one home, ${path}, so that its configuration and its quirks are in one place. Use what the home exports.`,
  from: { path: '^(subgraphs|gateway|kit|e2e)/', pathNot: path },
  to: { path: `node_modules/${library}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one idea, or there is a third one that both need: take it out.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'subgraphs-stand-alone',
      severity: 'error',
      comment:
        'A subgraph is deployed alone. Another service is asked over GraphQL (kit/remote.ts) or heard over the bus.',
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
      from: { path: '^(kit|subgraphs|gateway)/', pathNot: '^kit/testing/|/tests/' },
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
        'What a subgraph runs on comes from the kit alone: tables by kit/database.ts, other services by kit/remote.ts.',
      from: { path: '^subgraphs/', pathNot: '/tests/' },
      to: { path: '^(gateway|prisma|e2e|bench)/' },
    },
    {
      name: 'gateway-keeps-nothing',
      severity: 'error',
      comment: 'The gateway has no tables and needs no MySQL: data belongs to a service.',
      from: { path: '^gateway/', pathNot: '/tests/' },
      to: { path: '^prisma/|^kit/(database|counters)\\.ts$|^kit/mysql/' },
    },
    {
      name: 'domain-is-plain',
      severity: 'error',
      comment:
        'Rules and permissions are plain TypeScript, so that they can be read and tested alone. Declare a port; storage implements it.',
      from: { path: '^subgraphs/[^/]+/domain/' },
      to: {
        path: '^subgraphs/[^/]+/((storage|resolvers|routes)/|(index|context|config)\\.ts$)|node_modules/(graphql|dataloader|@prisma|ioredis|etcd3|mariadb|undici|sharp)/|^(node:)?(fs|http|https|net|child_process)(/|$)|^prisma/|^kit/(subgraph|config|database|redis|bus|etcd|directory|remote|http|uploads|graph/(schema|endpoint|socket|results|mask))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'domain-is-plain-in-types-too',
      severity: 'error',
      comment:
        'Even a type of the storage or of Prisma in the domain ties rules to tables. Declare the port with types of the domain.',
      from: { path: '^subgraphs/[^/]+/domain/' },
      to: { path: '^subgraphs/[^/]+/(storage|resolvers)/|node_modules/(graphql|@prisma)/|^prisma/' },
    },
    {
      name: 'resolvers-translate',
      severity: 'error',
      comment:
        'A resolver translates between GraphQL and the domain. Whoever reads storage there goes round the permissions.',
      from: { path: '^subgraphs/[^/]+/resolvers/' },
      to: { path: '^subgraphs/[^/]+/storage/|^prisma/|^kit/(database|redis|bus|etcd|remote|counters)' },
    },
    {
      name: 'storage-knows-no-graph',
      severity: 'error',
      comment: 'Storage implements the ports of the domain. What GraphQL makes of it is the work of resolvers.',
      from: { path: '^subgraphs/[^/]+/storage/' },
      to: { path: '^subgraphs/[^/]+/(resolvers/|routes/|(index|context)\\.ts$)|node_modules/graphql/' },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      comment: 'Nothing that runs in production imports what is for tests.',
      from: { path: '^(kit|subgraphs|gateway)/', pathNot: '^kit/testing/|/tests/' },
      to: { path: '^kit/testing/|/tests/' },
    },
    home('etcd3', '^kit/(etcd|etcd-options|etcd-users|lease|mirror|preflight)\\.ts$'),
    home('ioredis', '^kit/redis\\.ts$|/tests/|^e2e/'),
    home('@prisma', '^kit/database\\.ts$|^prisma/'),
    home('mariadb', '^kit/(database|preflight)\\.ts$|^kit/mysql/|^kit/testing/|/tests/'),
    home('jsonwebtoken', '^kit/tokens\\.ts$'),
    home('sharp', '^subgraphs/file/storage/|/tests/|^e2e/'),
    home('graphql-upload-minimal', '^kit/uploads\\.ts$'),
    home('pino', '^kit/log\\.ts$'),
    home('prom-client', '^kit/metrics\\.ts$'),
    home('@opentelemetry', '^kit/opentelemetry\\.ts$'),
    {
      name: 'declared-dependencies',
      severity: 'error',
      comment: 'Declared dependencies only: what is not in package.json is there by chance.',
      from: { path: '^(subgraphs|gateway|kit|launch|e2e|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|prisma/generated' },
    exclude: { path: '\\.beaver|gateway/page/bundle' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
