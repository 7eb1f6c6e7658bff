import { POOL_CONNECTIONS, POOLS_OF_A_SERVICE } from '../../kit/mysql/options.ts';
import type { Statements } from '../../kit/mysql/transaction.ts';
import type { Fault } from '../../kit/service/preflight/fault.ts';
import { examineMysql, onMysql } from '../../kit/service/preflight/mysql.ts';
import { examineTables } from '../../kit/service/preflight/tables.ts';
import { servicesWithWork } from '../../kit/work/services.ts';
import { countWork } from '../../kit/work/table.ts';
import { SUBGRAPH_NAMES } from '../../services.ts';
import { type Check, type Found, failing, ok, warning } from '../check.ts';
import { judgeClock } from '../clock.ts';
import type { MysqlFacts } from '../mysql-facts.ts';
import { isAtLeast } from '../version.ts';
import type { World } from '../world.ts';

const TIMEOUT = 10_000;
const OLDEST = { mysql: '8.4', mariadb: '10.11' };
/** Bytes of one statement: a group of messages that are written together. */
const PACKET = { wanted: 16 * 1024 ** 2, needed: 4 * 1024 ** 2 };
/** Connections beside the pools: migrations, backups, people. */
const SPARE_CONNECTIONS = 20;
/** Work is done within a second of being due, unless its worker is away. */
const LATE_SECONDS = 120;

const whereOf = (world: World) => `${world.mysql().host}:${world.mysql().port}`;
const sql = (world: World, statement: string) => {
  const { host, port } = world.mysql();
  return `mysql -h ${host} -P ${port} -u root -p -e "${statement}"`;
};
export const ofFault = ({ message, commands }: Fault, where: string): Found => failing(message, where, ...commands);

const login: Check = {
  id: 'mysql.login',
  needs: ['mysql.network'],
  async look(world) {
    const fault = await examineMysql(world.mysql(), TIMEOUT);
    const { user, database } = world.mysql();
    return fault
      ? ofFault(fault, whereOf(world))
      : ok(`MySQL lets user ${user} into database ${database}.`, whereOf(world));
  },
};

/** A check of what MySQL says about itself. */
function fact(name: string, judge: (facts: MysqlFacts, where: string, world: World) => Found): Check {
  return {
    id: `mysql.${name}`,
    needs: ['mysql.login'],
    look: async (world) => judge(await world.mysqlFacts(), whereOf(world), world),
  };
}

const version = fact('version', ({ isMariadb, version: number }, where) => {
  const [name, oldest] = isMariadb ? (['MariaDB', OLDEST.mariadb] as const) : (['MySQL', OLDEST.mysql] as const);
  return isAtLeast(number, oldest)
    ? ok(`It is ${name} ${number}.`, where)
    : failing(`It is ${name} ${number}; ${oldest} is the oldest that is supported.`, where, 'docker pull mysql:8.4');
});

const charset = fact('charset', ({ charset: name, collation }, where, world) => {
  if (name === 'utf8mb4') return ok(`The database is in ${name}, ${collation}.`, where);
  const { database } = world.mysql();
  return warning(
    `Database ${database} is in ${name}, which cannot hold every character; tables of ours name utf8mb4 themselves.`,
    where,
    sql(world, `ALTER DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`),
  );
});

const sqlMode = fact('sql_mode', ({ sqlModes }, where, world) => {
  const isStrict = sqlModes.some((mode) => mode === 'STRICT_TRANS_TABLES' || mode === 'STRICT_ALL_TABLES');
  const set = sql(
    world,
    "SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  );
  if (!isStrict)
    return failing(
      'sql_mode is not strict: values that do not fit would be cut without an error.',
      `${where} sql_mode`,
      set,
    );
  return sqlModes.includes('ANSI_QUOTES')
    ? failing('sql_mode has ANSI_QUOTES, which gives quotes another meaning.', `${where} sql_mode`, set)
    : ok('sql_mode is strict.', where);
});

const connections: Check = {
  id: 'mysql.connections',
  needs: ['mysql.login'],
  async look(world) {
    const { maxConnections, mostConnections } = await world.mysqlFacts();
    const registered = await world.instances().then(
      (instances) => instances.length,
      () => 0,
    );
    const instances = Math.max(registered, SUBGRAPH_NAMES.length);
    const wanted = instances * POOLS_OF_A_SERVICE * POOL_CONNECTIONS + SPARE_CONNECTIONS;
    const where = `${whereOf(world)} max_connections`;
    const need = `${instances} instances of services may open ${wanted - SPARE_CONNECTIONS} connections`;
    const raise = sql(world, `SET GLOBAL max_connections = ${2 * wanted}`);
    if (maxConnections < wanted) return failing(`MySQL takes ${maxConnections} connections; ${need}.`, where, raise);
    return mostConnections > 0.8 * maxConnections
      ? warning(`${mostConnections} of ${maxConnections} connections were in use at once.`, where, raise)
      : ok(`MySQL takes ${maxConnections} connections; ${need}.`, where);
  },
};

const packet = fact('packet', ({ maxPacket }, where, world) => {
  const message = `max_allowed_packet is ${Math.round(maxPacket / 1024 ** 2)} MiB`;
  const raise = sql(world, `SET GLOBAL max_allowed_packet = ${4 * PACKET.wanted}`);
  if (maxPacket >= PACKET.wanted) return ok(`${message}.`, where);
  const [judge, harm] =
    maxPacket < PACKET.needed
      ? ([failing, 'groups of messages would be refused'] as const)
      : ([warning, 'large groups of messages could be refused'] as const);
  return judge(`${message}: ${harm}.`, `${where} max_allowed_packet`, raise);
});

const timeZone = fact('time_zone', ({ isUtc }, where) =>
  isUtc
    ? ok('Sessions of ours are in UTC.', where)
    : failing('Sessions are not in UTC: the server does not take the time zone that the driver sets.', where),
);

const writable = fact('writable', ({ isReadOnly }, where, world) =>
  isReadOnly
    ? failing(
        'The server is read-only: a replica, or one that was fenced off.',
        `${where} read_only`,
        sql(world, 'SHOW REPLICA STATUS'),
        sql(world, 'SET GLOBAL read_only = OFF'),
      )
    : ok('The server takes writes.', where),
);

const durable = fact('durable', ({ isDurable }, where, world) =>
  isDurable
    ? ok('A commit is on the disk before it is answered.', where)
    : warning(
        'A commit is answered before it is on the disk: a power cut loses messages of the last second.',
        `${where} innodb_flush_log_at_trx_commit, sync_binlog`,
        sql(world, 'SET GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL sync_binlog = 1'),
      ),
);

const clock = fact('clock', ({ clockAhead }, where) => judgeClock('MySQL', clockAhead, where));

const tables: Check = {
  id: 'mysql.tables',
  needs: ['mysql.login'],
  async look(world) {
    const { database } = world.mysql();
    const fault = await examineTables(world.mysql(), TIMEOUT);
    return fault
      ? ofFault(fault, `${whereOf(world)} ${database}`)
      : ok(`Database ${database} has the tables of this release.`, whereOf(world));
  },
};

const work: Check = {
  id: 'mysql.work',
  needs: ['mysql.tables'],
  async look(world) {
    const { database } = world.mysql();
    const counts = await onMysql(world.mysql(), TIMEOUT, async (connection) => {
      const sql: Pick<Statements, 'query'> = { query: (statement, values) => connection.query(statement, values) };
      const services = await servicesWithWork(sql);
      return Promise.all(services.map(async (service) => ({ service, ...(await countWork(service, sql)) })));
    });
    const where = `${whereOf(world)} ${database}`;
    const faults = counts.flatMap(({ service, due, oldestSeconds, dead }) => [
      ...(dead > 0 ? [`${dead} pieces of work of ${service} failed too often and were given up`] : []),
      ...(oldestSeconds > LATE_SECONDS
        ? [`${due} pieces of work of ${service} are due, for up to ${oldestSeconds} s`]
        : []),
    ]);
    return faults.length === 0
      ? ok('No durable work is late or given up.', where)
      : warning(`${faults.join('; ')}.`, where, 'node kit/work/program.ts');
  },
};

export const MYSQL = [
  ...[login, version, charset, sqlMode, connections, packet],
  ...[timeZone, writable, durable, clock, tables, work],
];
