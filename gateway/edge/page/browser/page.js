// What runs in the browser at /graphql.
import 'graphiql/style.css';
import './page.css';
import './narrow.css';
import { startEditor } from './editor.js';
import { startHeader } from './header.js';
import { seeInbox, startInboxPanel } from './inbox-panel.js';
import { sweep } from './storage.js';

/* global WORKER_NAMES */
const element = (id) => document.getElementById(id);

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKER_NAMES[label] ?? WORKER_NAMES.editor, import.meta.url)),
};

/** On a narrow screen one of `operation`, `answer` and `inbox` is shown. */
function show(view) {
  element('page').dataset.view = view;
  for (const button of document.querySelectorAll('[data-show]'))
    button.setAttribute('aria-pressed', String(button.dataset.show === view));
  if (view === 'inbox') seeInbox();
}

for (const button of document.querySelectorAll('[data-show]'))
  button.addEventListener('click', () => show(button.dataset.show));

let changeTab = () => {};
element('tab').addEventListener('change', ({ target }) => {
  changeTab(target.selectedIndex);
  show('operation');
});

function showTabs(titles, active, change) {
  changeTab = change;
  element('tab').replaceChildren(...titles.map((title) => new Option(title)));
  element('tab').selectedIndex = active;
}

sweep();
startHeader();
startInboxPanel();
show('operation');
startEditor(element('graph'), { onRun: () => show('answer'), onTabs: showTabs });
