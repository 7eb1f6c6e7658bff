import { ConfigurationError, isSet, readTogether } from './environment.ts';

/*
 * Variables that mean nothing without another. They are looked at before the values are, so that all faults
 * are told at once.
 */

/** @throws ConfigurationError */
export function checkLogins(environment: NodeJS.ProcessEnv): void {
  readTogether(
    () => checkRedisLogin(environment),
    () => checkEtcdLogin(environment),
  );
}

/** @throws ConfigurationError */
export function checkRedisLogin(environment: NodeJS.ProcessEnv): void {
  const has = (name: string) => isSet(name, environment);
  const files = ['REDIS_TLS_CA', 'REDIS_TLS_CERT', 'REDIS_TLS_KEY'];
  const isOn = has('REDIS_TLS') ? environment.REDIS_TLS?.trim() === 'on' : has('REDIS_TLS_CA');
  const faults: string[] = [];
  if (!isOn && files.some(has))
    faults.push('REDIS_TLS must be on where REDIS_TLS_CA, REDIS_TLS_CERT or REDIS_TLS_KEY is set');
  if (has('REDIS_TLS_CERT') !== has('REDIS_TLS_KEY'))
    faults.push('REDIS_TLS_CERT and REDIS_TLS_KEY belong together: set both');
  if (faults.length > 0) throw new ConfigurationError(faults);
}

/** @throws ConfigurationError */
export function checkEtcdLogin(environment: NodeJS.ProcessEnv): void {
  const has = (name: string) => isSet(name, environment);
  const isTls = !has('ETCD_SERVER') || environment.ETCD_SERVER?.trim().startsWith('https:');
  const faults: string[] = [];
  if (!isTls && ['ETCD_CA', 'ETCD_CERT', 'ETCD_KEY'].some(has))
    faults.push('ETCD_SERVER must be https:// where ETCD_CA, ETCD_CERT or ETCD_KEY is set');
  if (has('ETCD_CERT') !== has('ETCD_KEY')) faults.push('ETCD_CERT and ETCD_KEY belong together: set both');
  if (has('ETCD_CERT') && !has('ETCD_CA')) faults.push('ETCD_CERT is set without ETCD_CA');
  if (has('ETCD_PASSWORD') && !has('ETCD_USERNAME')) faults.push('ETCD_PASSWORD is set without ETCD_USERNAME');
  if (has('ETCD_USERNAME') && !has('ETCD_PASSWORD')) faults.push('ETCD_USERNAME is set without ETCD_PASSWORD');
  if (faults.length > 0) throw new ConfigurationError(faults);
}
