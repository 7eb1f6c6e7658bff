// The header: who is signed in, the switch between them, and the forms to register and to log in.
import { actAs, current, logOut, onPeople, people, signInBy } from './people.js';

const DEVICE_NAME = 'The page at /graphql';

const element = (id) => document.getElementById(id);

export function startHeader() {
  onPeople((text) => {
    show();
    if (text !== undefined) element('note').textContent = text;
  });
  for (const action of ['register', 'logIn']) {
    const dialog = element(action);
    const form = dialog.querySelector('form');
    const wrong = dialog.querySelector('[role=alert]');
    element(`open-${action}`).addEventListener('click', () => {
      wrong.textContent = '';
      dialog.showModal();
    });
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => form.reset());
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const button = form.querySelector('[type=submit]');
      button.disabled = true;
      wrong.textContent = '';
      try {
        const fault = await signInBy(action, { ...Object.fromEntries(new FormData(form)), deviceName: DEVICE_NAME });
        if (fault) wrong.textContent = fault;
        else dialog.close();
      } catch (error) {
        wrong.textContent = error.message;
      }
      button.disabled = false;
    });
  }
  show();
}

function show() {
  element('people').replaceChildren(...people.map(chipOf));
}

function chipOf(person) {
  const chip = document.createElement('span');
  chip.className = 'person';
  const choose = button(person.name, () => actAs(person));
  choose.setAttribute('aria-pressed', String(person === current));
  choose.title = person === current ? `Requests are made as ${person.name}` : `Act as ${person.name}`;
  const leave = button('×', () => void logOut(person));
  leave.setAttribute('aria-label', `Log out ${person.name}`);
  leave.title = `Log out ${person.name}`;
  chip.append(choose, leave);
  return chip;
}

function button(text, onClick) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', onClick);
  return made;
}
