// What the page keeps in the browser: how it looks, and the tabs that somebody wrote, without secrets.

const TABS = 'beaver:tabs';
/**
 * Of GraphiQL's own keys, those about its looks. Its tabs and its history hold variables, and so passwords:
 * they stay in memory.
 */
const IS_ABOUT_LOOKS = /^graphiql:(theme|visiblePlugin|\w*[fF]lex)$/;
/** The value of a field that is a secret, in GraphQL or in JSON. */
const SECRET = /(\w*(?:password|token)\w*"?\s*:\s*)(?:"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"?)/gi;

const memory = new Map();
const placeOf = (key) => (IS_ABOUT_LOOKS.test(key) ? localStorage : null);

/** What GraphiQL stores things in. */
export const storage = {
  get length() {
    return memory.size;
  },
  getItem: (key) => placeOf(key)?.getItem(key) ?? memory.get(key) ?? null,
  setItem(key, value) {
    const place = placeOf(key);
    if (place) place.setItem(key, value);
    else memory.set(key, value);
  },
  removeItem(key) {
    placeOf(key)?.removeItem(key);
    memory.delete(key);
  },
  clear() {
    localStorage.clear();
    memory.clear();
  },
};

/** Keeps the tabs that are no examples. Headers are not kept: they may hold a token. */
export function keepTabs(tabs) {
  const kept = tabs.map(({ query, variables }) => ({
    query: withoutSecrets(query),
    variables: withoutSecrets(variables),
  }));
  localStorage.setItem(TABS, JSON.stringify(kept));
}

export function keptTabs() {
  try {
    const kept = JSON.parse(localStorage.getItem(TABS) ?? '[]');
    return kept.filter(({ query }) => typeof query === 'string');
  } catch {
    return [];
  }
}

const withoutSecrets = (text) => text?.replace(SECRET, '$1""') ?? null;

/** Removes what GraphiQL itself stored here before. */
export function sweep() {
  for (const key of Object.keys(localStorage))
    if (key.startsWith('graphiql:') && !IS_ABOUT_LOOKS.test(key)) localStorage.removeItem(key);
}
