import type { Status } from './check.ts';
import type { Finding } from './run.ts';

/** Nothing to do; something fails; warnings only. */
export const EXIT = { ok: 0, failing: 1, warning: 2 } as const;

const SIGNS: Record<Status, string> = { ok: '✓', warning: '!', failing: '✗', skipped: '-' };

export function exitCodeOf(findings: readonly Finding[]): number {
  const has = (status: Status) => findings.some((finding) => finding.status === status);
  return has('failing') ? EXIT.failing : has('warning') ? EXIT.warning : EXIT.ok;
}

/** The findings as a list for people. */
export function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ id }) => id.length));
  const looked = findings.filter(({ because }) => because === undefined);
  const left = findings.filter(({ because }) => because !== undefined).map(({ id }) => id);
  const lines = looked.flatMap(({ id, status, message, where, commands = [] }) => {
    const place = where === undefined || message.includes(where) ? '' : ` [${where}]`;
    const first = `${SIGNS[status]} ${id.padEnd(width)}  ${message}${place}`;
    return [first, ...commands.map((command) => `${' '.repeat(width + 4)}$ ${command}`)];
  });
  const rest = left.length > 0 ? [`${SIGNS.skipped} not looked at before that is mended: ${left.join(', ')}`] : [];
  return [...lines, ...rest, '', summaryOf(findings)].join('\n');
}

/** The findings for programs. */
export function asJson(findings: readonly Finding[]): string {
  const plain = findings.map(({ id, status, message, where, commands, because }) => ({
    id,
    status,
    message,
    where: where ?? null,
    commands: commands ?? [],
    ...(because === undefined ? {} : { because }),
  }));
  return JSON.stringify({ exitCode: exitCodeOf(findings), findings: plain }, null, 2);
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  return (
    `${count('ok')} fine, ${count('warning')} to look at, ${count('failing')} failing, ` +
    `${count('skipped')} not looked at. docs/doctor.md explains each.`
  );
}
