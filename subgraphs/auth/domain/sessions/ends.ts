import { ACCESS_TOKEN_SECONDS, CLOCK_TOLERANCE_SECONDS } from '../../../../kit/identity/tokens.ts';
import type { Log } from '../../../../kit/observe/log.ts';

/** How far the clocks of hosts may lie apart, in seconds. */
const CLOCKS_APART_SECONDS = 300;
/** How long access tokens of a session that has ended may still be taken, in ms. */
const REVOCATION = (ACCESS_TOKEN_SECONDS + CLOCK_TOLERANCE_SECONDS + CLOCKS_APART_SECONDS) * 1000;

/**
 * Tells every process that sessions have ended. It keeps what it was told in two places, of which each may
 * be away or lose it.
 */
export interface EndAnnouncer {
  announce(ends: readonly End[]): Promise<void>;
  doubt(): void;
  isIncomplete(): boolean;
  complete(ends: readonly End[]): Promise<void>;
}

/** A session that has ended, and until when access tokens of it may be valid, in ms since 1970. */
interface End {
  sessionId: string;
  until: number;
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
  /**
   * What was told may have been forgotten: tells again of the sessions that have ended and of which access
   * tokens may be unexpired.
   */
  announceAgain(): Promise<void>;
  /** Does the same where an announcement has failed. Run every second. */
  announceMissing(): Promise<void>;
}

export function createSessionEnds(store: EndStore, announcer: EndAnnouncer, log: Log): SessionEnds {
  async function announceMissing(): Promise<void> {
    if (!announcer.isIncomplete()) return;
    const ended = await store.endedSince(new Date(Date.now() - REVOCATION));
    await announcer.complete(
      ended.map(({ id, endedAt }) => ({ sessionId: id, until: endedAt.getTime() + REVOCATION })),
    );
  }

  return {
    async end({ id, accountId }, reason) {
      const now = new Date();
      await store.end(id, now);
      log.info({ sessionId: id, userId: accountId, reason }, 'session ended');
      await announcer.announce([{ sessionId: id, until: now.getTime() + REVOCATION }]);
    },

    async announceAgain() {
      announcer.doubt();
      await announceMissing();
    },

    announceMissing,
  };
}
