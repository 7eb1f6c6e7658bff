import { SUBGRAPH_NAMES } from '../../services.ts';
import type { Statements } from '../mysql/transaction.ts';

/** The services that have a table of durable work, in their usual order. */
export async function servicesWithWork(sql: Pick<Statements, 'query'>): Promise<string[]> {
  const rows = await sql.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (?)',
    [SUBGRAPH_NAMES.map((service) => `${service}_work`)],
  );
  const found = new Set(rows.map(({ name }) => name));
  return SUBGRAPH_NAMES.filter((service) => found.has(`${service}_work`));
}
