import type * as Generated from './generated/client.ts';

/*
 * Prisma's client. It is generated, and not in the repository: whoever starts a service by hand before that
 * is told what to run.
 */

async function load(): Promise<typeof Generated> {
  try {
    return await import('./generated/client.ts');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes('generated')) throw error;
    console.error(
      'The database client is not generated yet. Run `npx prisma generate`, or `npm start`, which does it by itself.',
    );
    process.exit(1);
  }
}

export const { PrismaClient, Prisma } = await load();
export type PrismaClient = Generated.PrismaClient;
export type TransactionClient = Generated.Prisma.TransactionClient;
