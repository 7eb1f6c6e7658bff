import { readGatewayConfig } from '../../gateway/config.ts';
import { readBaseConfig } from '../../kit/base/config.ts';
import { ConfigurationError, knownVariables, readTogether } from '../../kit/base/environment.ts';
import { SERVICE_NAMES, type ServiceName } from '../../services.ts';
import { readAuthConfig } from '../../subgraphs/auth/config.ts';
import { readChatConfig } from '../../subgraphs/chat/config.ts';
import { readFileConfig } from '../../subgraphs/file/config.ts';
import { readUserConfig } from '../../subgraphs/user/config.ts';
import { type Check, type Found, failing, ok, warning } from '../check.ts';
import { commandForVariable, lookalikeOf } from '../variables.ts';

/** How each kind of process reads its variables at its start. */
const READERS: Record<ServiceName, (environment: NodeJS.ProcessEnv) => unknown> = {
  auth: (environment) =>
    readTogether(
      () => readBaseConfig(environment),
      () => readAuthConfig(environment),
    ),
  user: (environment) =>
    readTogether(
      () => readBaseConfig(environment),
      () => readUserConfig(environment),
    ),
  chat: (environment) =>
    readTogether(
      () => readBaseConfig(environment),
      () => readChatConfig(environment),
    ),
  file: (environment) =>
    readTogether(
      () => readBaseConfig(environment),
      () => readFileConfig(environment),
    ),
  gateway: readGatewayConfig,
};

function faultsOf(name: ServiceName, environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    READERS[name](environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

/** One finding a fault, with the kinds of process that have it. */
const complete: Check = {
  id: 'configuration.complete',
  look({ environment }) {
    const kinds = new Map<string, ServiceName[]>();
    for (const name of SERVICE_NAMES)
      for (const fault of faultsOf(name, environment)) kinds.set(fault, [...(kinds.get(fault) ?? []), name]);
    if (kinds.size === 0) return ok(`The variables are complete for ${SERVICE_NAMES.join(', ')}.`);
    return [...kinds].map(([fault, names]) => {
      const [variable = ''] = fault.split(' ');
      return failing(`${fault} (${names.join(', ')}).`, variable, ...commandForVariable(variable));
    });
  },
};

const unknown: Check = {
  id: 'configuration.unknown',
  needs: [],
  look({ environment }): Found | Found[] {
    for (const name of SERVICE_NAMES) faultsOf(name, environment);
    const found = Object.keys(environment).flatMap((name) => {
      const meant = lookalikeOf(name, knownVariables);
      if (meant === null) return [];
      return [warning(`No process reads ${name}. Is it ${meant}?`, name, `unset ${name}; export ${meant}=<its value>`)];
    });
    return found.length > 0 ? found : ok('No variable looks like a misspelled one of ours.');
  },
};

export const CONFIGURATION = [complete, unknown];
