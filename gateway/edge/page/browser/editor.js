// GraphiQL, with what this page adds to it: the examples, whom a tab acts as, uploads.
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { parse } from 'graphql';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { examples } from './example-tabs.js';
import { post } from './graph.js';
import { actAs, current, follow, headersOf } from './people.js';
import { keepTabs, keptTabs, storage } from './storage.js';
import { actorOf, fillIn, learnFrom, onKnown } from './story.js';

const exampleQueries = new Set(examples.map(({ query }) => query));
const textOf = (variables) => (variables ? JSON.stringify(variables, null, 2) : null);

/**
 * `onRun` is called when a tab is run; `onTabs` with the tabs, the active one, and what changes to another.
 */
export function startEditor(root, { onRun, onTabs }) {
  const defaultTabs = [
    ...examples.map(({ query, variables }) => ({ query, variables: textOf(variables) })),
    ...keptTabs(),
  ];
  const properties = {
    fetcher: (operation, options) => ask(operation, options, onRun),
    defaultTabs,
    // GraphiQL shows the variables of its first tab only if they are given here too.
    initialVariables: defaultTabs[0].variables,
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
    storage,
    onTabChange: ({ tabs }) => keepTabs(tabs.filter(({ query }) => query?.trim() && !exampleQueries.has(query))),
  };
  createRoot(root).render(
    createElement(GraphiQL, properties, createElement(GraphiQL.Logo, null, ''), createElement(Tabs, { onTabs })),
  );
}

/** Shows nothing: it hands the ids on from tab to tab, and tells the page which tabs there are. */
function Tabs({ onTabs }) {
  const tabs = useGraphiQL((state) => state.tabs);
  const active = useGraphiQL((state) => state.activeTabIndex);
  const editor = useGraphiQL((state) => state.variableEditor);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const { changeTab } = useGraphiQLActions();
  const { id, title } = tabs[active];
  useEffect(() => {
    const person = actorOf(title);
    if (person) actAs(person);
    if (!editor) return undefined;
    const fill = () => {
      const before = editor.getValue();
      const after = fillIn(title, before);
      if (after !== before) editor.setValue(after);
    };
    fill();
    return onKnown(fill);
  }, [id, title, editor]);
  useEffect(() => {
    for (const each of [editor, queryEditor]) each?.updateOptions({ wordWrap: 'on' });
  }, [editor, queryEditor]);
  useEffect(() => {
    onTabs(
      tabs.map((tab) => tab.title),
      active,
      changeTab,
    );
  }, [tabs, active, changeTab, onTabs]);
  return null;
}

/**
 * Runs what a tab holds. Headers of the tab's own go before those of the person; a socket has those of the
 * person only.
 */
async function ask(operation, { headers }, onRun) {
  const { name, kind, isIntrospection } = kindOf(operation);
  // GraphiQL may still have the name of the tab before this one.
  const request = { ...operation, operationName: name };
  if (isIntrospection) return post(request, await headersOf(current));
  onRun();
  if (kind === 'subscription') {
    if (!current) throw new Error('Sign in first: a subscription needs somebody whose events it delivers.');
    return current.socket.iterate(request);
  }
  const files = await filesFor(request);
  const result = await post(request, { ...(await headersOf(current)), ...headers }, files);
  follow(result, request.variables);
  learnFrom(name, result);
  return result;
}

/** The operation that is asked for. What cannot be parsed is the graph's to refuse. */
function kindOf({ query, operationName }) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
    const named = operations.find(({ name }) => name?.value === operationName);
    const asked = named ?? operations[0];
    const name = asked?.name?.value ?? undefined;
    return { name, kind: asked?.operation, isIntrospection: name === 'IntrospectionQuery' };
  } catch {
    return { name: operationName };
  }
}

/** An operation with `input.file: null` gets the file that the user chooses. */
async function filesFor({ variables }) {
  if (variables?.input?.file !== null) return {};
  const chooser = document.getElementById('file');
  chooser.value = '';
  const file = await new Promise((resolve, reject) => {
    chooser.onchange = () => resolve(chooser.files[0]);
    chooser.oncancel = () => reject(new Error('Nothing was uploaded: no file was chosen.'));
    chooser.click();
  });
  return { 'variables.input.file': file };
}
