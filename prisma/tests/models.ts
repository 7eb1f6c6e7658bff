import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Reads the Prisma models as tables: what `prisma migrate` would make of them on MySQL. Only what the
 * project's models use is understood; anything else is an error, so that nothing is left out of the
 * comparison unseen.
 */

/** A table as far as the models and the database can be compared. */
export interface Table {
  /** "type", "NULL" or "NOT NULL", and "DEFAULT" or "AUTO_INCREMENT" where it has one; by column. */
  columns: Record<string, string>;
  /** "PRIMARY (a, b)", "UNIQUE name (a)", "INDEX name (a)", "FOREIGN name (a) -> table (b)"; sorted. */
  keys: string[];
}

/** MySQL's type of a field that names none itself. */
const DEFAULT_TYPES: Record<string, string> = {
  String: 'varchar(191)',
  Int: 'int',
  BigInt: 'bigint',
  Boolean: 'tinyint(1)',
  DateTime: 'datetime(3)',
  Json: 'json',
  Bytes: 'longblob',
  Float: 'double',
  Decimal: 'decimal(65,30)',
};

/** Values that Prisma's client makes: the column has no default. */
const CLIENT_DEFAULTS = /^(uuid|cuid|ulid|nanoid)\(/;

interface Field {
  name: string;
  column: string;
  type: string;
  isOptional: boolean;
  attributes: Map<string, string>;
}

interface Model {
  table: string;
  fields: Field[];
  blocks: { attribute: string; parameters: string }[];
}

/** All tables that the models describe, by name. */
export function readModels(directory: string): Record<string, Table> {
  const files = readdirSync(directory).filter((name) => name.endsWith('.prisma'));
  const source = files.map((name) => readFileSync(join(directory, name), 'utf8').replace(/\/\/.*$/gm, '')).join('\n');
  const unknown = source.match(/^\s*(enum|view|type)\s+\w+/m);
  if (unknown) throw new Error(`The comparison does not know "${unknown[0].trim()}"`);
  const models = new Map<string, Model>();
  for (const [, name = '', body = ''] of source.matchAll(/^model\s+(\w+)\s*\{\n([\s\S]*?)^\}/gm))
    models.set(name, readModel(name, body));
  return Object.fromEntries([...models.values()].map((model) => [model.table, toTable(model, models)]));
}

function readModel(name: string, body: string): Model {
  const model: Model = { table: name, fields: [], blocks: [] };
  for (const line of body.split('\n').map((text) => text.trim())) {
    if (line === '') continue;
    if (line.startsWith('@@')) {
      const [{ name: attribute, parameters } = { name: '', parameters: '' }] = readAttributes(line.slice(1));
      if (attribute === 'map') model.table = unquote(parameters);
      else model.blocks.push({ attribute, parameters });
      continue;
    }
    const match = line.match(/^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/);
    if (!match) throw new Error(`Not understood in model ${name}: ${line}`);
    const [, field = '', type = '', suffix, rest = ''] = match;
    if (suffix === '[]') continue;
    const attributes = new Map(readAttributes(rest).map((attribute) => [attribute.name, attribute.parameters]));
    const column = attributes.has('map') ? unquote(attributes.get('map') ?? '') : field;
    model.fields.push({ name: field, column, type, isOptional: suffix === '?', attributes });
  }
  return model;
}

/** "@a @b(c(d), e)" as names and what stands in their brackets. */
function readAttributes(text: string): { name: string; parameters: string }[] {
  return [...text.matchAll(/@([\w.]+)(?:\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?/g)].map(
    ([, name = '', parameters = '']) => ({
      name,
      parameters,
    }),
  );
}

function toTable(model: Model, models: Map<string, Model>): Table {
  const columns: Record<string, string> = {};
  const keys: string[] = [];
  const columnsOf = (owner: Model, list: string) =>
    [...list.matchAll(/(\w+)(?:\([^)]*\))?/g)].map(([, name]) => {
      const field = owner.fields.find((candidate) => candidate.name === name);
      if (!field) throw new Error(`${owner.table} has a key on ${name}, which is no field`);
      return field.column;
    });
  const key = (kind: string, suffix: string, parameters: string, names: string[]) => {
    const name = named(parameters, 'map') ?? `${model.table}_${names.join('_')}_${suffix}`;
    return `${kind} ${name} (${names.join(', ')})`;
  };

  for (const field of model.fields) {
    const target = models.get(field.type);
    if (target) {
      const relation = field.attributes.get('relation') ?? '';
      const own = listIn(relation, 'fields');
      if (own === undefined) continue;
      const names = columnsOf(model, own);
      const others = columnsOf(target, listIn(relation, 'references') ?? '');
      keys.push(`${key('FOREIGN', 'fkey', relation, names)} -> ${target.table} (${others.join(', ')})`);
      continue;
    }
    columns[field.column] = columnOf(field);
    if (field.attributes.has('id')) keys.push(`PRIMARY (${field.column})`);
    if (field.attributes.has('unique'))
      keys.push(key('UNIQUE', 'key', field.attributes.get('unique') ?? '', [field.column]));
  }
  for (const { attribute, parameters } of model.blocks) {
    const names = columnsOf(model, listIn(parameters) ?? '');
    if (attribute === 'id') keys.push(`PRIMARY (${names.join(', ')})`);
    else if (attribute === 'unique') keys.push(key('UNIQUE', 'key', parameters, names));
    else if (attribute === 'index') keys.push(key('INDEX', 'idx', parameters, names));
    else throw new Error(`The comparison does not know @@${attribute}`);
  }
  return { columns, keys: keys.sort() };
}

function columnOf(field: Field): string {
  const native = [...field.attributes].find(([name]) => name.startsWith('db.'));
  const type = native ? nativeType(native[0].slice(3), native[1]) : DEFAULT_TYPES[field.type];
  if (type === undefined) throw new Error(`The comparison does not know the type ${field.type}`);
  const value = field.attributes.get('default');
  const isMade = value === undefined || CLIENT_DEFAULTS.test(value);
  const suffix = isMade ? '' : value.startsWith('autoincrement(') ? ' AUTO_INCREMENT' : ' DEFAULT';
  return `${type} ${field.isOptional ? 'NULL' : 'NOT NULL'}${suffix}`;
}

function nativeType(name: string, parameters: string): string {
  const size = parameters === '' ? '' : `(${parameters.replaceAll(' ', '')})`;
  const unsigned = name.match(/^Unsigned(\w+)$/);
  return unsigned ? `${unsigned[1]?.toLowerCase()}${size} unsigned` : `${name.toLowerCase()}${size}`;
}

/** The list behind `name:`, or the first one. */
function listIn(parameters: string, name?: string): string | undefined {
  return parameters.match(name ? new RegExp(`\\b${name}:\\s*\\[([^\\]]*)\\]`) : /\[([^\]]*)\]/)?.[1];
}

function named(parameters: string, name: string): string | undefined {
  return parameters.match(new RegExp(`\\b${name}:\\s*"([^"]*)"`))?.[1];
}

function unquote(text: string): string {
  return text.replace(/^(name:\s*)?"(.*)"$/, '$2');
}
