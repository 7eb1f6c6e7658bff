import { loadById } from '../../kit/base/loaders.ts';
import { type Caller, extendCaller } from '../../kit/identity/caller.ts';
import { createFiles, type FilePorts, type Files } from './domain/files/files.ts';
import type { Uploads } from './domain/uploads/uploads.ts';

/**
 * What a resolver works with: who calls, and the domain; what it reads is read together for as long as the
 * operation lasts.
 */
export interface Context extends Caller {
  uploads: Uploads;
  files: Files;
}

export function createContext(caller: Caller, uploads: Uploads, ports: FilePorts): Context {
  const files = loadById(ports.records.read, (file) => file.id);
  return extendCaller(caller, { uploads, files: createFiles(caller, (id) => files.load(id), ports) });
}
