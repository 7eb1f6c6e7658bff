export type BaseName = 'mysql' | 'redis' | 'etcd';

export const BASE_NAMES: BaseName[] = ['mysql', 'redis', 'etcd'];

/** What they are called in messages. */
export const TITLES: Record<BaseName, string> = { mysql: 'MySQL', redis: 'Redis', etcd: 'etcd' };
