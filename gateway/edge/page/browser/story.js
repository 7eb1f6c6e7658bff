// What one tab's answer gives to the next: the ids in its variables, and the person it acts as.
import { examples } from './example-tabs.js';
import { onPeople, people } from './people.js';

/** Ids by the names that `needs` and `gives` of the examples have for them. */
const known = new Map();
/** What was filled in for somebody, so that it can be filled in anew. */
const filled = new Set();
const listeners = new Set();

/** Calls back when another id is known, until the function that it returns is called. */
export function onKnown(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function learn(name, id) {
  if (known.get(name) === id) return;
  known.set(name, id);
  for (const listener of listeners) listener();
}

/** The first two people who sign in are Ada and Bo, whatever their names are. */
onPeople(() => {
  const roles = ['ada', 'bo'];
  const isPresent = (id) => people.some((person) => person.id === id);
  for (const role of roles) {
    if (isPresent(known.get(role))) continue;
    const free = people.find(({ id }) => roles.every((other) => known.get(other) !== id));
    if (free) learn(role, free.id);
  }
});

const exampleOf = (title) =>
  examples.find(({ query }) => query.includes(` ${title}(`) || query.includes(` ${title} {`));

/** Notes what an answer gives. */
export function learnFrom(title, result) {
  for (const [name, path] of Object.entries(exampleOf(title)?.gives ?? {})) {
    const id = path.split('.').reduce((value, key) => value?.[key], result?.data);
    if (id) learn(name, id);
  }
}

/** The person that a tab acts as, where that is one of the story and they are signed in. */
export function actorOf(title) {
  const id = known.get(exampleOf(title)?.as);
  return people.find((person) => person.id === id);
}

/** The variables of a tab with what is known by now. What somebody wrote there stays. */
export function fillIn(title, text) {
  const needs = Object.entries(exampleOf(title)?.needs ?? {});
  if (needs.length === 0) return text;
  let variables;
  try {
    variables = JSON.parse(text);
  } catch {
    return text;
  }
  let hasChanged = false;
  for (const [path, name] of needs) {
    const keys = path.split('.');
    const last = keys.pop();
    const place = keys.reduce((value, key) => value?.[key], variables);
    const id = known.get(name);
    if (!place || !id || place[last] === id) continue;
    if (place[last] !== '' && !filled.has(place[last])) continue;
    place[last] = id;
    filled.add(id);
    hasChanged = true;
  }
  return hasChanged ? JSON.stringify(variables, null, 2) : text;
}
