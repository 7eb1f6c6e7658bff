import type { Log } from '../../../kit/log.ts';

/** How long access tokens of a session that has ended may still be taken, in ms: their ten minutes, the minute of tolerance, and five for clocks that differ. */
const REVOCATION = (600 + 60 + 300) * 1000;

/** Tells every process that sessions have ended. False where it could not be written down for those that are not listening now. */
export interface EndAnnouncer {
  announce(sessions: { sessionId: string; until: number }[]): Promise<boolean>;
}

export interface EndStore {
  /** Ends a session; one that has ended keeps its time. */
  end(id: string, at: Date): Promise<void>;
  endedSince(time: Date): Promise<{ id: string; endedAt: Date }[]>;
}

/** Ends sessions, and sees to it that every process learns of it. */
export interface SessionEnds {
  /** First in the table, which is the truth; then to everybody. */
  end(session: { id: string; accountId: string }, reason: string): Promise<void>;
  /** Redis may have forgotten the sessions that have ended: announces again those of which access tokens may be unexpired. */
  announceAgain(): Promise<void>;
  /** Does the same where an announcement has failed. Run every second. */
  announceMissing(): Promise<void>;
}

export function createSessionEnds(store: EndStore, announcer: EndAnnouncer, log: Log): SessionEnds {
  /** Whether Redis may lack the end of a session. */
  let missing = false;

  async function announceMissing(): Promise<void> {
    if (!missing) return;
    missing = false;
    try {
      const ended = await store.endedSince(new Date(Date.now() - REVOCATION));
      const ends = ended.map(({ id, endedAt }) => ({ sessionId: id, until: endedAt.getTime() + REVOCATION }));
      missing = !(await announcer.announce(ends));
    } catch (error) {
      missing = true;
      throw error;
    }
  }

  return {
    async end({ id, accountId }, reason) {
      const now = new Date();
      await store.end(id, now);
      log.info({ sessionId: id, userId: accountId, reason }, 'session ended');
      const announced = await announcer.announce([{ sessionId: id, until: now.getTime() + REVOCATION }]);
      if (!announced) missing = true;
    },

    async announceAgain() {
      missing = true;
      await announceMissing();
    },

    announceMissing,
  };
}
