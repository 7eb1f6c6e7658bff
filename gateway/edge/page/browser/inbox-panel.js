// The list of all that happens to whoever is signed in, newest first. It goes on while other tabs are used.
import { listen } from './inbox.js';
import { onPeople, people } from './people.js';

const MOST_SHOWN = 200;

const element = (id) => document.getElementById(id);
/** What ends the inbox of each person. */
const running = new Map();
let isOn = false;
let unseen = 0;

export function startInboxPanel() {
  element('listen').addEventListener('click', () => {
    isOn = !isOn;
    follow();
  });
  element('clear').addEventListener('click', () => {
    element('events').replaceChildren();
  });
  onPeople(follow);
  follow();
}

/**
 * The events that came since the panel was last looked at, for a screen that does not show it all the time.
 */
export function seeInbox() {
  unseen = 0;
  showUnseen();
}

function showUnseen() {
  element('unseen').textContent = unseen > 0 ? ` (${unseen})` : '';
}

/** Has one inbox for each person while the panel is on. */
function follow() {
  if (people.length === 0) isOn = false;
  for (const [person, stop] of running) {
    if (isOn && people.includes(person)) continue;
    stop();
    running.delete(person);
  }
  if (isOn)
    for (const person of people)
      if (!running.has(person))
        running.set(
          person,
          listen(person, (event) => add(person, event)),
        );
  const button = element('listen');
  button.disabled = people.length === 0;
  button.textContent = isOn ? 'Stop' : 'Start';
  element('inbox-state').textContent = isOn
    ? `Listening for ${people.map(({ name }) => name).join(', ')}`
    : 'Not listening';
}

function add(person, event) {
  const item = document.createElement('li');
  item.dataset.kind = event.__typename;
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.append(part('to', person.name), part('what', sentenceOf(event)), part('when', timeOf(event)));
  const all = document.createElement('pre');
  all.textContent = JSON.stringify(event, null, 2);
  details.append(summary, all);
  item.append(details);
  const { url, name } = event.message?.content.file ?? {};
  if (url) {
    const link = document.createElement('a');
    Object.assign(link, { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: `Open ${name}` });
    item.append(link);
  }
  const list = element('events');
  list.prepend(item);
  while (list.children.length > MOST_SHOWN) list.lastChild.remove();
  unseen += 1;
  showUnseen();
}

function part(className, text) {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

const timeOf = ({ happenedAt }) => new Date(happenedAt ?? Date.now()).toLocaleTimeString();
const nameOf = (user) => user?.name ?? 'Somebody';

function sentenceOf(event) {
  const { __typename, message, actor, user, conversation } = event;
  switch (__typename) {
    case 'InboxStarted':
      return `Inbox started, conversations: ${event.positions.length}`;
    case 'MessageSent':
      return `${nameOf(message.sender)}: ${message.preview}`;
    case 'ConversationCreated':
      return `${nameOf(actor)} opened ${conversation?.title ?? 'the conversation'}`;
    case 'MemberJoined':
      return `${nameOf(user)} joined`;
    case 'MemberLeft':
      return `${nameOf(user)} left`;
    case 'TypingChanged':
      return `${nameOf(user)} ${event.isTyping ? 'types …' : 'stopped typing'}`;
    case 'GapTooLarge':
      return 'Too much was missed: page the messages of this conversation';
    default:
      return __typename;
  }
}
