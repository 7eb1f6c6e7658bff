import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../launch/base/programs.ts';
import { PROGRAMS, ROOT } from '../../launch/workspace.ts';
import { SERVICE_NAMES, SERVICES } from '../../services.ts';

const CHART = join(ROOT, 'deploy/helm/beaver-im');
const read = (path: string) => readFileSync(join(CHART, path), 'utf8');
const schema = JSON.parse(read('values.schema.json'));
const values = read('values.yaml');

/** Variables of the tables in README.md and those of the parts, without what is no variable there. */
function documented(): Set<string> {
  const tables = [
    'README.md',
    'gateway/README.md',
    ...['auth', 'chat', 'user', 'file'].map((n) => `subgraphs/${n}/README.md`),
  ];
  const cells = tables.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^\| (`[A-Z].*?) \|/gm)].map(([, cell]) => cell as string),
  );
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name as string));
  return new Set(names.filter((name) => !CODES.has(name)));
}

/** First cells of gateway/README.md's table of refusals, which are codes. */
const CODES = new Set(
  [...readFileSync(join(ROOT, 'gateway/README.md'), 'utf8').matchAll(/^\| `([A-Z_]+)` +\| \d{3} /gm)].map(
    ([, code]) => code,
  ),
);

/** Variables that the chart sets itself, or that mean nothing in a cluster. */
const NOT_FOR_OPERATORS: Record<string, string> = {
  ...Object.fromEntries(SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_PORT`, 'ports in a pod are its own'])),
  ADVERTISE_HOST: 'the address of the pod',
  ADVERTISE_PORT: 'nothing maps ports between pods',
  FILE_STORE_DIR: 'where fileStore is mounted',
  OPEN_PORTS: 'for development',
  LOG_DIR: 'the cluster collects standard output',
  BEAVER_DATABASE: 'for npm start',
};

test('the values take every variable of the READMEs, or a list says why not', () => {
  const names = documented();
  expect(names.size).toBeGreaterThan(80);
  const taken = new Set([
    ...Object.keys(schema.definitions.variables.properties),
    ...Object.keys(schema.properties.secrets.properties),
    ...Object.keys(schema.properties.etcd.properties),
  ]);
  expect([...names].filter((name) => !taken.has(name) && !NOT_FOR_OPERATORS[name])).toEqual([]);
  expect(Object.keys(NOT_FOR_OPERATORS).filter((name) => taken.has(name))).toEqual([]);
});

test('the chart has the processes, ports and version of the product', () => {
  const helpers = read('templates/_helpers.tpl');
  for (const name of SERVICE_NAMES) {
    expect(helpers).toContain(`"${name}" ${SERVICES[name].port}`);
    expect(values).toMatch(new RegExp(`^  ${name}:\n    replicas: `, 'm'));
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(read('Chart.yaml')).toContain(`\nappVersion: ${version}\n`);
});

test('the chart has the rules and dashboards that compose has', () => {
  expect(realpathSync(join(CHART, 'monitoring'))).toBe(join(ROOT, 'deploy/monitoring'));
});

const helm = findProgram('helm', [join(PROGRAMS, 'usr/bin')]);
const python = join(PROGRAMS, 'kubernetes/bin');
const isRendered = helm !== undefined && existsSync(join(python, 'kubernetes-validate'));

/** What is told of an object in the rendered chart. */
interface Rendered {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds; what is asserted is the value
  spec: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  data: any;
}

// `npm run chart` brings both programs.
(isRendered ? describe : describe.skip)('rendered by helm', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'beaver-chart-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function template(set: object): { status: number | null; text: string; fault: string } {
    const file = join(directory, 'values.json');
    writeFileSync(file, JSON.stringify(set));
    const parameters = ['template', 'im', CHART, '--kube-version', '1.33', '--values', file];
    const { status, stdout, stderr } = spawnSync(helm as string, parameters, { encoding: 'utf8' });
    return { status, text: stdout, fault: stderr };
  }

  function render(set: object): Rendered[] {
    const { status, text, fault } = template(set);
    if (status !== 0) throw new Error(fault);
    const program = 'import json, sys, yaml; print(json.dumps([d for d in yaml.safe_load_all(sys.stdin) if d]))';
    return JSON.parse(spawnSync(join(python, 'python'), ['-c', program], { input: text, encoding: 'utf8' }).stdout);
  }

  const ALL = {
    image: { repository: 'registry.example.com/beaver-im', tag: '1.2.3' },
    imagePullSecrets: [{ name: 'registry' }],
    config: {
      REDIS_HOST: null,
      REDIS_PORT: null,
      REDIS_CLUSTER_NODES: 'redis-0:6379,redis-1:6379',
      MYSQL_SSL_CA: '/etc/beaver/tls/mysql.pem',
      OTEL_TRACES_SAMPLER_ARG: 0.1,
      GATEWAY_LIMIT_DEPTH: 15,
    },
    etcd: { users: true, ETCD_ROOT_PASSWORD: 'of root' },
    secrets: { REDIS_PASSWORD: 'of redis', MYSQL_PASSWORD: 'of mysql' },
    tls: { existing: 'certificates' },
    configFiles: { existing: 'operations' },
    processes: {
      gateway: { autoscaling: { enabled: true, sockets: 5_000 }, env: { GATEWAY_LIMIT_DEPTH: 12 } },
      file: { replicas: 1 },
    },
    fileStore: { accessMode: 'ReadWriteOnce', storageClass: 'fast' },
    ingress: { className: 'nginx', host: 'chat.example.com', tlsSecret: 'chat-tls' },
    networkPolicy: {
      ingressFrom: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
      metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
      baseServices: [{ name: 'mysql', port: 3306, podLabels: { app: 'mysql' } }],
    },
    monitoring: { serviceMonitor: true, prometheusRule: true, dashboards: true, labels: { release: 'prometheus' } },
    serviceAccount: { existing: 'beaver' },
    podAnnotations: { team: 'chat' },
    nodeSelector: { pool: 'chat' },
    tolerations: [{ key: 'chat', operator: 'Exists' }],
  };
  const SETS: Record<string, object> = {
    'as it comes': {},
    'with all that can be set': ALL,
    'with a Secret and a claim of the operator': {
      secrets: { existing: 'ours' },
      fileStore: { existingClaim: 'ours' },
      migrate: { enabled: false },
      networkPolicy: { enabled: false },
      podDisruptionBudget: { enabled: false },
      ingress: { enabled: false },
    },
  };

  test.each(Object.keys(SETS))('%s, it holds to the schemas of Kubernetes', (name) => {
    // The operator's own kinds have no schema there.
    const objects = template(SETS[name] as object)
      .text.split(/^---$/m)
      .filter((text) => !/^apiVersion: monitoring\.coreos/m.test(text));
    const file = join(directory, 'rendered.yaml');
    writeFileSync(file, objects.join('\n---\n'));
    for (const version of ['1.27', '1.37']) {
      const parameters = ['-k', version, '--strict', '--quiet', file];
      const { status, stdout, stderr } = spawnSync(join(python, 'kubernetes-validate'), parameters, {
        encoding: 'utf8',
      });
      expect([version, status, status === 0 ? '' : stdout + stderr]).toEqual([version, 0, '']);
    }
  });

  const of = (objects: Rendered[], kind: string) => objects.filter((object) => object.kind === kind);
  const containerOf = (object: Rendered) => object.spec.template.spec.containers[0];
  const variables = (object: Rendered): Record<string, string> =>
    Object.fromEntries(
      containerOf(object).env.map((entry: { name: string; value?: string }) => [
        entry.name,
        entry.value ?? 'by reference',
      ]),
    );

  test('each pod runs as nobody in particular, on a file system that it cannot write', () => {
    const pods = render(ALL).filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(pods).toHaveLength(7);
    for (const pod of pods) {
      const { securityContext, automountServiceAccountToken } = pod.spec.template.spec;
      expect(automountServiceAccountToken).toBe(false);
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(containerOf(pod).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(containerOf(pod).resources.limits.memory).toBeDefined();
    }
  });

  test('each process has its probes, and longer to stop than it drains', () => {
    for (const pod of of(render({}), 'Deployment')) {
      const { startupProbe, livenessProbe, readinessProbe } = containerOf(pod);
      expect(startupProbe.httpGet.path).toBe('/health/live');
      expect(livenessProbe.httpGet.path).toBe('/health/live');
      expect(readinessProbe.httpGet.path).toBe('/health/ready');
      expect(pod.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(5 + 15);
    }
  });

  test('variables come as they were written, and those of a process before those of all', () => {
    const deployments = of(render(ALL), 'Deployment');
    const [gateway, , chat] = deployments as [Rendered, Rendered, Rendered];
    expect(variables(gateway)).toMatchObject({
      GATEWAY_LIMIT_DEPTH: '12',
      FILE_MAX_BYTES: '100000000',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      REDIS_CLUSTER_NODES: 'redis-0:6379,redis-1:6379',
      ETCD_USERNAME: 'gateway',
      REDIS_PASSWORD: 'by reference',
    });
    expect(variables(chat)).toMatchObject({ GATEWAY_LIMIT_DEPTH: '15', ETCD_USERNAME: 'chat' });
    expect(Object.keys(variables(gateway))).not.toContain('REDIS_HOST');
    for (const pod of deployments) {
      const names = containerOf(pod).env.map(({ name }: { name: string }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test('no secret stands in a pod, and each that a pod wants is in the Secret', () => {
    const objects = render(ALL);
    const [secret] = of(objects, 'Secret');
    const pods = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(JSON.stringify(pods)).not.toMatch(/of redis|of mysql/);
    const wanted = [...JSON.stringify(pods).matchAll(/"secretKeyRef":\{[^}]*\}/g)].map(
      ([found]) => JSON.parse(`{${found}}`).secretKeyRef,
    );
    expect(wanted.length).toBeGreaterThan(20);
    for (const { name, key } of wanted) {
      expect(name).toBe(secret?.metadata.name);
      const value = Buffer.from(secret?.data[key] ?? '', 'base64').toString();
      expect([key, value.length > 0]).toEqual([key, true]);
      if (key === 'TRUST_SECRET') expect(value.length).toBeGreaterThanOrEqual(32);
    }
  });

  test('the Secret is there before the jobs, and the migrations are applied before the release', () => {
    const objects = render(ALL);
    const weight = (object?: Rendered) => Number(object?.metadata.annotations?.['helm.sh/hook-weight']);
    const [secret] = of(objects, 'Secret');
    for (const job of of(objects, 'Job')) {
      expect(job.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
      expect(weight(job)).toBeGreaterThan(weight(secret));
    }
  });

  test('the Prometheus operator gets the very rules of deploy/monitoring, and Grafana each dashboard', () => {
    const objects = render(ALL);
    const rules = readFileSync(join(ROOT, 'deploy/monitoring/rules/beaver.yml'), 'utf8');
    const [rule] = of(objects, 'PrometheusRule');
    const names = rule?.spec.groups.flatMap((group: { rules: { alert?: string }[] }) =>
      group.rules.map((one) => one.alert),
    );
    expect(names.filter(Boolean)).toEqual([...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name));
    const dashboards = objects.find(({ metadata }) => metadata.name.endsWith('-dashboards'));
    expect(Object.keys(dashboards?.data)).toHaveLength(4);
  });

  test('values that cannot work are refused by name', () => {
    const faults: [object, RegExp][] = [
      [{ config: { MYSQL_HOTS: 'db' } }, /MYSQL_HOTS/],
      [{ secrets: { TRUST_SECRET: 'short' } }, /TRUST_SECRET/],
      [{ fileStore: { accessMode: 'ReadWriteOnce' } }, /set processes.file.replicas to 1/],
      [{ etcd: { users: true }, config: { ETCD_USERNAME: 'me' } }, /remove config.ETCD_USERNAME/],
    ];
    for (const [set, message] of faults) {
      const { status, fault } = template(set);
      expect([status, fault]).toEqual([1, expect.stringMatching(message)]);
    }
  });
});
