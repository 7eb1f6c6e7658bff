import { type Caller, IS_SIGNED_IN, IS_VIEWER, isSignedIn, isViewer } from '../identity/caller.ts';

/**
 * For whom an answer is, by what was asked about the viewer while it was made: an answer is for everybody of
 * whom the same is true. What looked at the viewer is for that viewer alone.
 */
export interface Audience {
  isPersonal: boolean;
  /**
   * "Is the viewer this user?", or under SIGNED_IN "is there a viewer?", with what was said. Null for none.
   */
  questions: Map<string, boolean> | null;
}

/** As services tell it to the gateway; nothing at all where the answer is personal. */
export type AudienceText = readonly (readonly [userId: string, said: boolean])[];

/** No user has this id. */
const SIGNED_IN = '';
/** Questions of one answer. More are a sign that it is another for each viewer. */
const MAX_QUESTIONS = 16;

export function createAudience(): Audience {
  return { isPersonal: false, questions: null };
}

/** Whether the answer is for this caller too. */
export function isFor(audience: Audience, caller: Caller): boolean {
  if (audience.isPersonal) return false;
  for (const [userId, said] of audience.questions ?? []) if (ask(caller, userId) !== said) return false;
  return true;
}

/**
 * The caller as whoever makes an answer sees them, so that it is noticed what is asked. Copying it reads it,
 * which is noticed as well.
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
 * Asks a watched caller what a service has asked, so that an answer made of the service's is for nobody else.
 */
export function hear(caller: Caller, told: unknown): void {
  const isTold = Array.isArray(told) && told.every((one) => Array.isArray(one) && typeof one[0] === 'string');
  if (isTold) for (const [userId] of told as AudienceText) ask(caller, userId);
  else void caller.viewer;
}

function ask(caller: Caller, userId: string): boolean {
  return userId === SIGNED_IN ? isSignedIn(caller) : isViewer(caller, userId);
}
