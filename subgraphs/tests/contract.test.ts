import {
  buildSchema,
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
} from 'graphql';
import { type IdType, newId } from '../../kit/base/ids.ts';
import type { ServiceName } from '../../services.ts';
import { countStatements, startProxy, type TcpProxy } from '../../testing/proxy.ts';
import { type SignedIn, type Stack, startStack } from '../../testing/stack.ts';
import { waitFor } from '../../testing/wait.ts';

/**
 * What differs between the four: a read that needs a viewer and the tables, and how its entities are asked
 * for.
 */
interface Subgraph {
  name: Exclude<ServiceName, 'gateway'>;
  read: string;
  entity: string;
  idType: IdType;
  selection: string;
}

const SUBGRAPHS: Subgraph[] = [
  {
    name: 'auth',
    read: 'query ($id: ID!) { _entities(representations: [{__typename: "User", id: $id}]) { ... on User { sessions { id } } } }',
    entity: 'User',
    idType: 'user',
    selection: 'sessions { id }',
  },
  { name: 'user', read: '{ viewer { id } }', entity: 'User', idType: 'user', selection: 'name' },
  {
    name: 'chat',
    read: '{ conversations { edges { node { id } } } }',
    entity: 'Conversation',
    idType: 'conv',
    selection: 'title',
  },
  {
    name: 'file',
    read: 'query ($id: ID!) { file(id: $id) { id } }',
    entity: 'File',
    idType: 'file',
    selection: 'name',
  },
];

const ENTITIES = (subgraph: Subgraph) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${subgraph.entity} { ${subgraph.selection} } } }`;

describe.each(SUBGRAPHS)('the $name subgraph', (subgraph) => {
  const { name } = subgraph;
  let stack: Stack;
  let proxy: TcpProxy;
  let viewer: SignedIn;
  let statements = 0;

  beforeAll(async () => {
    const target = { host: process.env.MYSQL_HOST as string, port: Number(process.env.MYSQL_PORT) };
    proxy = await startProxy(target, (data) => {
      statements += countStatements(data);
    });
    // Only the service goes through the proxy.
    stack = await startStack({});
    await stack.add(name, { MYSQL_PORT: String(proxy.port) });
    viewer = await stack.signIn();
  });
  afterAll(async () => {
    await stack.stop();
    await proxy.stop();
  });

  const api = () => stack.client(name);
  const base = () => stack.services(name)[0]?.url as string;

  it('says on /health what it checked', async () => {
    const response = await fetch(`${base()}/health`);
    const health = (await response.json()) as {
      status: string;
      service: string;
      checks: Record<string, { status: string }>;
    };
    expect(response.status).toBe(200);
    expect(health).toMatchObject({ status: 'ok', service: name });
    for (const check of ['mysql', 'redis', 'etcd']) expect(health.checks[check]).toEqual({ status: 'ok' });
    for (const path of ['/status', '/health/live', '/health/ready'])
      expect((await fetch(`${base()}${path}`)).status).toBe(200);
  });

  it('says on /metrics what it does, and nothing of whom it does it for', async () => {
    await api().as(viewer.token).data('{ __typename }');
    const response = await fetch(`${base()}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const value = (line: string) =>
      Number(
        text
          .split('\n')
          .find((one) => one.startsWith(line))
          ?.split(' ')
          .at(-1),
      );
    expect(value(`beaver_operations_total{kind="query",outcome="ok",service="${name}"}`)).toBeGreaterThan(0);
    expect(
      value(`beaver_http_requests_total{route="/graphql",method="POST",status="200",service="${name}"}`),
    ).toBeGreaterThan(0);
    expect(value('beaver_operation_duration_seconds_bucket{kind="query",le="+Inf"')).toBeGreaterThan(0);
    expect(value('beaver_redis_up')).toBe(1);
    for (const known of [
      'beaver_mysql_connections{state="idle"',
      'beaver_mysql_waiting',
      'beaver_sockets{',
      'beaver_ended_sessions',
      'beaver_hints_waiting_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_gc_duration_seconds_count',
      'nodejs_heap_size_used_bytes',
    ])
      expect([known, value(known)]).toEqual([known, expect.any(Number)]);
    expect(text).not.toContain(viewer.userId);
  });

  it('is in etcd with an address that answers and the schema that it serves', async () => {
    const instances = (await stack.etcd.mirror(`services/${name}/`)).entries;
    expect(instances.size).toBe(1);
    const record = JSON.parse([...instances.values()][0] as string);
    expect(record).toMatchObject({ url: `${base()}/graphql`, wsUrl: `${base().replace('http', 'ws')}/graphql` });
    const sdl = (await stack.etcd.mirror(`schemas/${name}/`)).entries.get(record.schemaHash) as string;
    const { _service } = await api().data('{ _service { sdl } }');
    const served = new Set(parse(_service.sdl).definitions.map((node) => ('name' in node ? node.name?.value : '')));
    for (const node of parse(sdl).definitions) expect(served).toContain('name' in node ? node.name?.value : '');
  });

  it.each([
    ['expired', 'TOKEN_EXPIRED', () => stack.expiredToken()],
    ['forged', 'TOKEN_INVALID', () => stack.forgedToken()],
    ['meaningless', 'TOKEN_INVALID', () => 'not-a-token'],
    ['service’s for another service', 'TOKEN_INVALID', () => stack.serviceToken('chat', 'somebody')],
  ])('refuses a token that is %s', async (_what, reason, token) => {
    const { status, errors, data } = await api()
      .as(await token())
      .send('{ __typename }');
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason } }]);
  });

  it('gives nothing to somebody who is not signed in', async () => {
    const { status, errors, data } = await api().send(subgraph.read, { id: newId(subgraph.idType) });
    expect(status).toBe(200);
    expect(holdsSomething(data)).toBe(false);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
  });

  it('reads many entity references with as few statements as one, and gives nothing for unknown ones', async () => {
    const ask = (count: number) => {
      const representations = Array.from({ length: count }, () => ({
        __typename: subgraph.entity,
        id: newId(subgraph.idType),
      }));
      return api().as(viewer.token).send(ENTITIES(subgraph), { representations });
    };
    const statementsFor = async (count: number) => {
      statements = 0;
      await ask(count);
      return statements;
    };
    const one = Math.min(await statementsFor(1), await statementsFor(1), await statementsFor(1));
    // More than once: background work of the service may come in between.
    await waitFor(async () => (await statementsFor(40)) <= one, { what: `no more than ${one} statements` });
    const { data } = await ask(40);
    expect(holdsSomething(data)).toBe(false);
  });

  it('tells how long each field took where a request asks for that, as federated tracing has it', async () => {
    const ask = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ query: '{ __typename }' });
      const all = { 'content-type': 'application/json', ...headers };
      return (await fetch(`${base()}/graphql`, { method: 'POST', headers: all, body })).json();
    };
    const traced = { data: { __typename: 'Query' }, extensions: { ftv1: expect.any(String) } };
    expect(await ask({ 'apollo-federation-include-trace': 'ftv1' })).toEqual(traced);
    expect(await ask({})).toEqual({ data: { __typename: 'Query' } });
  });

  it('answers an operation that makes no sense with a named error below 500', async () => {
    for (const body of [
      '',
      '{',
      '[]',
      '"text"',
      '{"query": 5}',
      '{"query": "{"}',
      '{"query": "{ nothingOfThisName }"}',
    ]) {
      const response = await fetch(`${base()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      expect([body, response.status]).toEqual([body, 400]);
      expect(JSON.parse(text).errors[0].extensions.code).toMatch(/^[A-Z_]+$/);
    }
    const huge = await fetch(`${base()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }', variables: { text: 'x'.repeat(2_000_000) } }),
    });
    expect(huge.status).toBe(413);
    expect((await fetch(`${base()}//nowhere`)).status).toBe(404);
    expect((await fetch(`${base()}/graphql`, { method: 'DELETE' })).status).toBe(405);
  });

  describe('its schema', () => {
    it('describes every type, field, argument and value', async () => {
      const undescribed: string[] = [];
      const check = (path: string, node: { description?: unknown }) => {
        if (!node.description) undescribed.push(path);
      };
      for (const node of parse(await readSdl(stack, name)).definitions) {
        if (!('name' in node) || !node.name) continue;
        const type = node.name.value;
        if (!node.kind.endsWith('Extension')) check(type, node as never);
        for (const field of 'fields' in node ? (node.fields ?? []) : []) {
          check(`${type}.${field.name.value}`, field);
          const given = 'arguments' in field ? (field.arguments ?? []) : [];
          for (const argument of given) check(`${type}.${field.name.value}(${argument.name.value})`, argument);
        }
        for (const value of 'values' in node ? (node.values ?? []) : []) check(`${type}.${value.name.value}`, value);
      }
      expect(undescribed).toEqual([]);
    });

    it('follows the conventions of the graph', async () => {
      const schema = buildSchema(await readSdl(stack, name), { assumeValid: true, assumeValidSDL: true });
      const faults: string[] = [];
      for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
        for (const field of Object.values(root?.getFields() ?? {})) {
          if (!field.name.startsWith('_') && isNonNullType(field.type))
            faults.push(`${root?.name}.${field.name} must be nullable`);
        }
      }
      for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
        const result = getNamedType(field.type);
        if (field.args.map((argument) => argument.name).join() !== 'input')
          faults.push(`${field.name} takes one input`);
        const payload = isUnionType(result) ? result.getTypes()[0]?.name : undefined;
        if (result.name !== `${capital(field.name)}Result` || payload !== `${capital(field.name)}Payload`)
          faults.push(
            `${field.name} returns ${capital(field.name)}Result, whose first member is ${capital(field.name)}Payload`,
          );
      }
      for (const type of Object.values(schema.getTypeMap())) {
        if (type.name.startsWith('_')) continue;
        if (isEnumType(type))
          for (const { name: value } of type.getValues())
            if (!/^[A-Z0-9_]+$/.test(value)) faults.push(`${type.name}.${value}`);
        if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
        for (const field of Object.values(type.getFields())) {
          const of = getNamedType(field.type as GraphQLOutputType).name;
          if (!/^_?[a-z][A-Za-z0-9]*$/.test(field.name)) faults.push(`${type.name}.${field.name} is not camelCase`);
          if (
            of === 'Boolean' &&
            isObjectType(type) &&
            type.name !== 'Query' &&
            !/^(is|has|can)[A-Z]/.test(field.name)
          ) {
            faults.push(`${type.name}.${field.name}: a Boolean is is…, has… or can…`);
          }
          if (of === 'DateTime' && !/(At|Since)$/.test(field.name))
            faults.push(`${type.name}.${field.name}: a time is …At`);
          if (of.endsWith('Connection') && 'args' in field) {
            const names = (field as GraphQLField<unknown, unknown>).args.map((argument) => argument.name);
            for (const wanted of ['first', 'after', 'last', 'before'])
              if (!names.includes(wanted)) faults.push(`${type.name}.${field.name} lacks ${wanted}`);
          }
        }
      }
      expect(faults).toEqual([]);
    });
  });

  it('refuses the token of a session that was ended, within a second', async () => {
    const other = await stack.signIn();
    const token = api().as(other.token);
    expect((await token.send('{ __typename }')).status).toBe(200);
    await stack.endSession(other.sessionId);
    const begin = Date.now();
    const refused = await waitFor(
      async () => {
        const answer = await token.send('{ __typename }');
        return answer.status === 401 && answer;
      },
      { what: 'the end of the session to be known' },
    );
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }]);
    expect(Date.now() - begin).toBeLessThan(1_000);
  });

  it('masks what it does not know, with the request id of the log line', async () => {
    // A real fault: the tables are gone.
    const tables = await stack.mysql.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ?',
      [`${name}\\_%`],
    );
    const rename = (from: string, to: string) => stack.mysql.query(`RENAME TABLE \`${from}\` TO \`${to}\``);
    for (const table of tables) await rename(table.name, `away_${table.name}`);
    try {
      const reader = name === 'auth' ? { id: viewer.userId } : { id: newId(subgraph.idType) };
      const { errors, headers } = await api().as(viewer.token).send(subgraph.read, reader);
      const requestId = headers.get('x-request-id') as string;
      expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId } }]);
      expect(JSON.stringify(errors)).not.toMatch(/table|mysql|prisma|stack/i);
      const line = await waitFor(() => stack.services(name)[0]?.lines.find((text) => text.includes(requestId)), {
        what: 'the log line',
      });
      expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', service: name });
    } finally {
      for (const table of tables) await rename(`away_${table.name}`, table.name);
    }
  });

  it('says on /health that MySQL is away, and is well again when it is back', async () => {
    proxy.cut();
    const sick = await waitFor(
      async () => {
        const response = await fetch(`${base()}/health`);
        return (
          response.status === 503 &&
          ((await response.json()) as { checks: { mysql: { status: string; reason: string } } })
        );
      },
      { what: 'health without MySQL' },
    );
    expect(sick.checks.mysql.status).toBe('failing');
    const { errors } = await api()
      .as(viewer.token)
      .send(subgraph.read, { id: name === 'auth' ? viewer.userId : newId(subgraph.idType) });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    proxy.mend();
    await waitFor(async () => (await fetch(`${base()}/health`)).status === 200, { what: 'MySQL to be seen again' });
  });

  const start = (environment: Record<string, string>) => stack.add(name, environment).then(() => 'it started', String);

  it('names every variable that is missing or wrong, and exits 1', async () => {
    const unset = await start({ MYSQL_HOST: '', REDIS_PORT: 'many' });
    expect(unset).toMatch(/ended with code 1/);
    expect(unset).toMatch(/MYSQL_HOST is not set.*REDIS_PORT/);
  });

  // Past its variables, every service starts by the same function of the kit: one shows what that says.
  if (name === 'user')
    it('names what is wrong with what it was told, and exits 1', async () => {
      expect(await start({ MYSQL_PASSWORD: 'wrong' })).toMatch(/check MYSQL_USER and MYSQL_PASSWORD/);
      const taken = new URL(base()).port;
      expect(await start({ [`${name.toUpperCase()}_PORT`]: taken })).toMatch(
        new RegExp(`${taken} is taken.*${name.toUpperCase()}_PORT`),
      );
    });

  // The last one, as nothing serves after it.
  it('leaves etcd, then stops listening, and exits 0 on SIGTERM', async () => {
    const [service] = stack.services(name);
    const mirror = await stack.etcd.mirror(`services/${name}/`);
    expect(mirror.entries.size).toBe(1);
    const url = base();
    const ended = service?.stop();
    await waitFor(() => mirror.entries.size === 0, { what: 'the instance to leave etcd' });
    const [whole, live, ready] = await Promise.all(
      ['/health', '/health/live', '/health/ready'].map(async (path) => (await fetch(`${url}${path}`)).status),
    );
    expect({ whole, live, ready }).toEqual({ whole: 200, live: 200, ready: 503 });
    await ended;
    expect(await service?.ended).toEqual({ code: 0, signal: null });
  });
});

/** The SDL that the service put into etcd. */
async function readSdl(stack: Stack, name: ServiceName): Promise<string> {
  return [...(await stack.etcd.mirror(`schemas/${name}/`)).entries.values()][0] as string;
}

/** Whether there is any value in the answer that is not null. */
function holdsSomething(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value === 'object' ? Object.values(value).some(holdsSomething) : true;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
