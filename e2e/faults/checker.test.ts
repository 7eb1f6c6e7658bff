import { check, type LogRow, type Logs, type Receiver, type Sending } from './checker.ts';

const ID = 'c';
const rows: LogRow[] = [1, 2, 3, 4, 5].map((seq) => ({
  seq,
  messageId: seq === 1 ? null : `m${seq}`,
  senderId: seq === 1 ? null : 'ada',
  clientMessageId: seq === 1 ? null : `x${seq}`,
}));
const logs: Logs = new Map([[ID, { headSeq: 5, rows }]]);
const sendings: Sending[] = [3, 4, 5].map((seq) => ({
  conversationId: ID,
  senderId: 'ada',
  clientMessageId: `x${seq}`,
  sentAt: seq * 1_000,
  answer: { id: `m${seq}`, seq },
}));
/** Somebody who began after entry 2 and got these. */
const receiver = (...seqs: number[]): Receiver => ({
  name: 'bo',
  starts: new Map([[ID, 2]]),
  arrivals: seqs.map((seq) => ({ conversationId: ID, seq, messageId: `m${seq}`, at: seq * 1_000 + 100 })),
  violations: [],
});
const withRows = (changed: LogRow[], headSeq = 5): Logs => new Map([[ID, { headSeq, rows: changed }]]);
const GOOD = { accepted: 3, lost: 0, doubled: 0, outOfOrder: 0, faults: [] };

describe('the checker', () => {
  it('finds nothing where all is well, and says how long it took', () => {
    const late = receiver(3, 4, 5);
    (late.arrivals[0] as { at: number }).at = 7_000;
    expect(check(logs, sendings, [receiver(3, 4, 5), late], 6_000)).toEqual({
      ...GOOD,
      secondsUntilAllHadAll: 1,
      secondsAtMost: 4,
    });
  });

  test.each<[string, Receiver, object]>([
    ['an entry that never came', receiver(3, 5), { lost: 1 }],
    ['the last entry, which never came', receiver(3, 4), { lost: 1 }],
    ['an entry that came twice', receiver(3, 4, 4, 5), { doubled: 1 }],
    ['an entry from before the position', receiver(2, 3, 4, 5), { doubled: 1 }],
    ['two entries the wrong way round', receiver(4, 3, 5), { outOfOrder: 1 }],
    ['an entry that the log does not have', receiver(3, 4, 5, 6), { faults: ['bo got m6 as 6, which is undefined'] }],
  ])('finds %s', (_what, found, fault) => {
    expect(check(logs, sendings, [receiver(3, 4, 5), found], 0)).toMatchObject({ ...GOOD, ...fault });
  });

  it('finds what a client complained of, and entries that are not theirs', () => {
    const found: Receiver = {
      ...receiver(3, 4, 5),
      arrivals: [...receiver(3, 4, 5).arrivals, { conversationId: 'other', seq: 1, messageId: null, at: 0 }],
      violations: ['an event that does not fit'],
    };
    const faults = ['bo: an event that does not fit', 'bo got 1 entries of conversations that are not theirs'];
    expect(check(logs, sendings, [found], 0)).toMatchObject({ ...GOOD, faults });
  });

  test.each<[string, Logs, Sending[], object]>([
    [
      'an accepted message that is not in the log',
      logs,
      [...sendings, { ...(sendings[0] as Sending), clientMessageId: 'x9', answer: { id: 'm9', seq: 9 } }],
      { accepted: 4, lost: 1 },
    ],
    [
      'a message that is in the log twice',
      withRows(rows.map((row) => (row.seq === 4 ? { ...row, clientMessageId: 'x3' } : row))),
      sendings.filter(({ clientMessageId }) => clientMessageId !== 'x4'),
      { accepted: 2, doubled: 1 },
    ],
    [
      'an answer that is not what was written',
      logs,
      [{ ...(sendings[0] as Sending), answer: { id: 'm3', seq: 4 } }],
      { accepted: 1, faults: ['the message x3 was answered with 4, and is at 3'] },
    ],
    [
      'a message without an answer',
      logs,
      [{ ...(sendings[0] as Sending), answer: null }],
      { accepted: 0, faults: ['the message x3 never got an answer'] },
    ],
    [
      'a head that is not the last entry',
      withRows(rows, 6),
      sendings,
      { faults: ['the head of c is 6, with 5 entries'] },
    ],
  ])('finds %s', (_what, found, sent, fault) => {
    expect(check(found, sent, [receiver(3, 4, 5)], 0)).toMatchObject({ ...GOOD, ...fault });
  });

  it('finds a gap in the log', () => {
    const gap = withRows(
      rows.filter(({ seq }) => seq !== 2),
      4,
    );
    expect(check(gap, [], [], 0).faults).toEqual(['the log of c has a gap before 3']);
  });
});
