import { type Caller, IS_SIGNED_IN, IS_VIEWER, isSignedIn, isViewer } from '../identity/caller.ts';

/**
 * Who may share an answer. Each question that was asked about the viewer ("is it user X?") is recorded;
 * viewers with the same replies share the answer. An answer that read the viewer is that viewer's alone.
 */
export interface Audience {
  isPersonal: boolean;
  /**
   * Questions and replies: by user id "is the viewer this user?", under SIGNED_IN "is there a viewer?". Null
   * for none.
   */
  questions: Map<string, boolean> | null;
}

/** As services send it to the gateway; absent when the answer is personal. */
export type AudienceText = readonly (readonly [userId: string, said: boolean])[];

/** No user has this id. */
const SIGNED_IN = '';
/** Limit of questions of one answer. More mean that each viewer gets another. */
const MAX_QUESTIONS = 16;

export function createAudience(): Audience {
  return { isPersonal: false, questions: null };
}

/** Whether this caller may share the answer. */
export function isFor(audience: Audience, caller: Caller): boolean {
  if (audience.isPersonal) return false;
  for (const [userId, said] of audience.questions ?? []) if (ask(caller, userId) !== said) return false;
  return true;
}

/**
 * Wraps a caller so that questions about the viewer are recorded. A copy of it reads the viewer, which is
 * recorded too.
 */
export function watch(caller: Caller, audience: Audience, onPersonal = () => {}): Caller {
  function look(): Caller {
    if (!audience.isPersonal) {
      audience.isPersonal = true;
      onPersonal();
    }
    return caller;
  }
  function note(userId: string): boolean {
    const said = ask(caller, userId);
    audience.questions ??= new Map();
    if (audience.questions.size < MAX_QUESTIONS) audience.questions.set(userId, said);
    else if (!audience.questions.has(userId)) look();
    return said;
  }
  return {
    get viewer() {
      return look().viewer;
    },
    get service() {
      return look().service;
    },
    get origin() {
      return look().origin;
    },
    get address() {
      return look().address;
    },
    [IS_VIEWER]: note,
    [IS_SIGNED_IN]: () => note(SIGNED_IN),
  };
}

export function tell({ isPersonal, questions }: Audience): AudienceText | undefined {
  return isPersonal ? undefined : [...(questions ?? [])];
}

/**
 * Repeats a service's questions to a watched caller, so that an answer made of the service's has its audience
 * too.
 */
export function hear(caller: Caller, told: unknown): void {
  const isTold = Array.isArray(told) && told.every((one) => Array.isArray(one) && typeof one[0] === 'string');
  if (isTold) for (const [userId] of told as AudienceText) ask(caller, userId);
  else void caller.viewer;
}

function ask(caller: Caller, userId: string): boolean {
  return userId === SIGNED_IN ? isSignedIn(caller) : isViewer(caller, userId);
}
