import { isId } from '../../../../kit/base/ids.ts';
import { type Database, isDuplicate, toTime, type Written } from '../../../../kit/mysql/database.ts';
import type { FileRecords } from '../../domain/ports.ts';
import type { Purpose, StoredFile, Variant } from '../../domain/types.ts';

interface ReservedRow {
  owner_id: string;
  size: number;
  completed_at: string | null;
}

/** Most abandoned rows that one sweep looks at. */
const SWEEP = 1_000;

/** The tables file_records, file_variants, file_usages and file_holders. */
export function createRecords({ prisma, transaction, retrying }: Database): FileRecords {
  return {
    async read(ids) {
      // Text that is no id is not there; MySQL would refuse to compare some of it with a column of ASCII.
      const among = { in: ids.filter((id) => isId('file', id)) };
      const [rows, variants] = await Promise.all([
        prisma.fileRecord.findMany({
          where: { id: among, completedAt: { not: null } },
          omit: { completedAt: true, clientFileId: true, clientFingerprint: true },
        }),
        prisma.fileVariant.findMany({ where: { fileId: among } }),
      ]);
      const byFile = Map.groupBy(variants, (variant) => variant.fileId);
      return rows.map((row): StoredFile => {
        const made = (byFile.get(row.id) ?? []).map(({ fileId: _, ...variant }) => ({
          ...variant,
          name: variant.name as Variant['name'],
          size: Number(variant.size),
        }));
        return { ...row, purpose: row.purpose as Purpose, size: Number(row.size), variants: made };
      });
    },
    async usage(ownerId) {
      const row = await prisma.fileUsage.findUnique({ where: { ownerId } });
      return Number(row?.bytes ?? 0);
    },
    async uploaded(ownerId, clientFileId) {
      const row = await prisma.fileRecord.findUnique({ where: { ownerId_clientFileId: { ownerId, clientFileId } } });
      return row && { fileId: row.completedAt && row.id, fingerprint: row.clientFingerprint ?? '' };
    },
    reserve: ({ variants, ...file }, client, quotaBytes) =>
      transaction(async (sql) => {
        await sql.query(
          'INSERT INTO file_usages (owner_id, bytes) VALUES (?, 0) ON DUPLICATE KEY UPDATE bytes = bytes',
          [file.ownerId],
        );
        // The row's lock, held to the end of the transaction, makes the user's uploads pass here one after
        // the other.
        const counted = await sql.query<Written>(
          'UPDATE file_usages SET bytes = bytes + ? WHERE owner_id = ? AND bytes + ? <= ?',
          [file.size, file.ownerId, file.size, quotaBytes],
        );
        if (counted.affectedRows === 0) return 'quota' as const;
        await sql.query(
          `INSERT INTO file_records (id, owner_id, purpose, name, content_type, size, sha256, width, height, created_at,
             client_file_id, client_fingerprint)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            file.id,
            file.ownerId,
            file.purpose,
            file.name,
            file.contentType,
            file.size,
            file.sha256,
            file.width,
            file.height,
            toTime(file.createdAt),
            client?.id ?? null,
            client?.fingerprint ?? null,
          ],
        );
        for (const { name, contentType, size, width, height } of variants) {
          await sql.query(
            'INSERT INTO file_variants (file_id, name, content_type, size, width, height) VALUES (?, ?, ?, ?, ?, ?)',
            [file.id, name, contentType, size, width, height],
          );
        }
        return 'reserved' as const;
      }).catch((error) => {
        if (client && isDuplicate(error)) return 'known' as const;
        throw error;
      }),
    async complete(id) {
      const { count } = await prisma.fileRecord.updateMany({
        where: { id, completedAt: null },
        data: { completedAt: new Date() },
      });
      if (count === 0) throw new Error('the reservation of a file was swept before it was complete');
    },
    release: (id) =>
      transaction(async (sql) => {
        const [row] = await sql.query<ReservedRow[]>(
          'SELECT owner_id, size, completed_at FROM file_records WHERE id = ? FOR UPDATE',
          [id],
        );
        if (!row) return true;
        if (row.completed_at !== null) return false;
        await sql.query('UPDATE file_usages SET bytes = bytes - ? WHERE owner_id = ?', [row.size, row.owner_id]);
        await sql.query('DELETE FROM file_variants WHERE file_id = ?', [id]);
        await sql.query('DELETE FROM file_records WHERE id = ?', [id]);
        return true;
      }),
    async abandoned(before) {
      const rows = await prisma.fileRecord.findMany({
        where: { completedAt: null, createdAt: { lt: before } },
        select: { id: true },
        take: SWEEP,
      });
      return rows.map((row) => row.id);
    },
    async hold(fileId, holder) {
      const row = { fileId, holder, createdAt: new Date() };
      // Several at once for one row may end in a deadlock.
      await retrying(async () => void (await prisma.fileHolder.createMany({ data: [row], skipDuplicates: true })));
    },
  };
}
