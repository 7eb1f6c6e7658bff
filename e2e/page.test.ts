import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, WebSocketRoute } from 'playwright-core';
import { newUuid } from '../kit/base/ids.ts';
import { PASSWORD, registered } from '../testing/people.ts';
import { photographFile } from '../testing/photographs.ts';
import { sharedStack } from '../testing/shared-stack.ts';
import type { SharedStack } from '../testing/stack.ts';
import { waitFor } from '../testing/wait.ts';
import { type Browser, findChromium, startChromium } from './chromium.ts';
import { SEND } from './operations.ts';

const program = await findChromium();
if (!program) console.warn('Chromium is not on this machine and cannot be had from apt: the page is not tested.');

const whereThereIsChromium = program ? describe : describe.skip;

/** Where the picture in README.md is written, for whoever makes a new one. */
const PICTURE = process.env.BEAVER_PAGE_PICTURE && join(process.env.BEAVER_PAGE_PICTURE, 'page.png');
/** What a busy machine may take for anything in the page. */
const PATIENCE_MS = 30_000;

whereThereIsChromium('the page at /graphql, in Chromium', () => {
  let stack: SharedStack;
  let browser: Browser;
  let page: Page;
  /**
   * What the browser has against the page: a policy that is broken, a file that is missing, an error in a
   * script.
   */
  let complaints: string[];
  /** Hosts that it was asked of. */
  let hosts: Set<string>;

  beforeAll(async () => {
    stack = await sharedStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
  }, 180_000);
  afterAll(() => stack?.stop());
  // Each test has a fresh profile.
  beforeEach(async () => {
    browser = await startChromium(program as string);
    page = await browser.context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    complaints = [];
    hosts = new Set();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => request.url().startsWith('data:') || hosts.add(new URL(request.url()).host));
  }, 60_000);
  afterEach(() => browser?.stop());

  const client = () => stack.client('gateway');
  const header = () => page.locator('header');
  /** The events of the inbox that say something. */
  const events = (text: string) => page.locator('#events .what', { hasText: text });

  async function open(): Promise<void> {
    await page.goto(client().url);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  }

  /** The whole answer, also where it is longer than the screen. */
  const answer = (): Promise<string> =>
    page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: GraphiQL puts Monaco there
      const models: any[] = (globalThis as any).__MONACO.editor.getModels();
      return models.find(({ uri }) => uri.path.endsWith('response.json')).getValue();
    });

  /** Runs what is in the tab that is shown, until the answer has a text. */
  async function run(text: string): Promise<void> {
    await page.locator('.graphiql-execute-button').click();
    await waitFor(
      async () => {
        const shown = await answer();
        if (!shown.includes(text)) throw new Error(`the page shows ${shown}, and complains of ${complaints}`);
        return true;
      },
      { what: `an answer with ${text}`, timeout: PATIENCE_MS },
    );
  }

  async function openTab(name: string): Promise<void> {
    await page.getByRole('tab', { name, exact: true }).getByRole('button', { name, exact: true }).click();
    await waitFor(async () => (await page.locator('#tab').inputValue()) === name, { what: `the tab ${name}` });
  }

  async function runTab(name: string, text: string): Promise<void> {
    await openTab(name);
    await run(text);
  }

  async function logIn(login: string, password: string): Promise<void> {
    await header().getByRole('button', { name: 'Log in' }).click();
    const form = page.getByRole('dialog', { name: 'Log in' });
    await form.getByLabel('User name or e-mail').fill(login);
    await form.getByLabel('Password').fill(password);
    await form.getByRole('button', { name: 'Log in' }).click();
  }

  it('leads two people from the first click to a delivered message and a picture, by its tabs alone', async () => {
    await open();
    await run('accessToken');
    await header().getByRole('button', { name: /^ada_/ }).waitFor();
    await runTab('RegisterBo', 'accessToken');
    await runTab('Befriend', 'PENDING');
    await runTab('Accept', 'ACCEPTED');
    await runTab('Open', '"conversation"');
    await page.getByRole('button', { name: 'Start' }).click();
    await waitFor(async () => (await events('Inbox started').count()) === 2, { what: 'two inboxes' });
    await runTab('Send', '"seq": 2');
    // Both get it: the tab that is open does not matter.
    await waitFor(async () => (await events('Hello Bo, the dam is done').count()) === 2, {
      what: 'the message in both inboxes',
      timeout: PATIENCE_MS,
    });
    // The profile of somebody who has just registered may appear some seconds later.
    await waitFor(
      async () => {
        await runTab('Conversations', 'Hello Bo');
        return /"name": "bo_/.test(await answer());
      },
      { what: 'a name from the other service', timeout: PATIENCE_MS },
    );
    if (PICTURE) {
      await openTab('Send');
      await run('"seq": 2');
      await page.screenshot({ path: PICTURE });
    }

    const directory = mkdtempSync(join(tmpdir(), 'beaver-page-'));
    const picture = await photographFile(400, 300);
    writeFileSync(join(directory, picture.name), Buffer.from(await picture.arrayBuffer()));
    await openTab('Upload');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.locator('.graphiql-execute-button').click(),
    ]);
    await chooser.setFiles(join(directory, picture.name));
    await waitFor(async () => (await answer()).includes('"width": 300'), { what: 'the upload', timeout: PATIENCE_MS });
    await runTab('SendPicture', '"thumbnailUrl"');
    await events('From the dam').first().waitFor();
    rmSync(directory, { recursive: true });
    await runTab('History', '"ConversationCreated"');
    expect(await answer()).toContain('"From the dam"');

    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(client().url).host]);
  }, 240_000);

  it('keeps no password and no token in the browser, but the tabs that somebody wrote', async () => {
    await open();
    await run('accessToken');
    await openTab('Send');
    await page.getByRole('button', { name: 'New tab' }).click();
    const query = 'query Mine { viewer { id } } # password: "a secret"';
    await page.locator('.graphiql-query-editor .monaco-editor').click();
    await page.keyboard.insertText(query);
    const stored = () => page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
    await waitFor(async () => (await stored()).includes('query Mine'), { what: 'the tab to be kept' });
    expect(await stored()).not.toMatch(/correct horse|a secret|eyJ/);
    await page.reload();
    await page.getByRole('tab', { name: 'Mine' }).waitFor();
    expect(await page.getByRole('tab', { name: 'RegisterAda' }).count()).toBe(1);
    await header().getByText('Nobody is signed in').waitFor();
  }, 120_000);

  it('registers and signs in by forms, says what is wrong, switches, and signs out', async () => {
    const { userName } = (await registered(stack, ['cy'])).cy;
    const other = `di_${randomBytes(4).toString('hex')}`;
    await open();
    await logIn(userName, 'a wrong password');
    await page.getByRole('alert').getByText('wrong').waitFor();
    await page.keyboard.press('Escape');
    await logIn(userName, PASSWORD);
    await header().getByRole('button', { name: userName, exact: true }).waitFor();

    await header().getByRole('button', { name: 'Register' }).click();
    const form = page.getByRole('dialog', { name: 'Register' });
    await form.getByLabel('User name').fill(other);
    await form.getByLabel('E-mail').fill(`${other}@example.com`);
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button', { name: 'Register' }).click();
    await header().getByText(`${other} is signed in`).waitFor();

    // The tab acts as the second who signed in; a click on the first makes it act as them.
    await openTab('Conversations');
    await header().getByRole('button', { name: userName, exact: true }).click();
    await run(`"name": "${userName}"`);
    await page.getByRole('button', { name: `Log out ${other}` }).click();
    await page.getByRole('button', { name: `Log out ${userName}` }).click();
    await run('UNAUTHENTICATED');
  }, 120_000);

  it('resumes its inbox after a cut, without a loss', async () => {
    const { ada, bo } = await registered(stack, ['ada', 'bo']);
    await bo.befriend(ada);
    const conversationId = await bo.direct(ada);
    const send = (text: string) =>
      bo.gateway.data(SEND, { input: { conversationId, clientMessageId: newUuid(), content: { text: { text } } } });
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/graphql/, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await open();
    await logIn(ada.userName, PASSWORD);
    await header().getByRole('button', { name: ada.userName, exact: true }).waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await events('Inbox started').waitFor();
    await send('before the cut');
    await events('before the cut').waitFor();
    await sockets.at(-1)?.close({ code: 4205, reason: 'Resume' });
    await send('during the cut');
    await events('during the cut').waitFor();
    await send('after the cut');
    await events('after the cut').waitFor();
    const texts = await page.locator('#events [data-kind=MessageSent] .what').allTextContents();
    expect(texts.map((text) => text.split(': ')[1])).toEqual(['after the cut', 'during the cut', 'before the cut']);
    expect(sockets.length).toBeGreaterThan(1);
  }, 120_000);

  it('can be used on a phone, and follows the theme of GraphiQL', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open();
    const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())?.height ?? 0;
    expect(await heightOf('.graphiql-query-editor')).toBeGreaterThan(300);
    await run('accessToken');
    expect(await heightOf('.graphiql-response')).toBeGreaterThan(400);
    await page.locator('#tab').selectOption('RegisterBo');
    await run('accessToken');
    expect(await page.locator('.person').count()).toBe(2);
    await page.getByRole('button', { name: /^Inbox/ }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await events('Inbox started').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);

    await page.getByRole('button', { name: 'Operation' }).click();
    const colours = () =>
      page.evaluate<string[]>(
        "['header', '.graphiql-main'].map((it) => getComputedStyle(document.querySelector(it)).color)",
      );
    const light = await colours();
    await page.getByRole('button', { name: 'Open settings dialog' }).click();
    await page.getByRole('button', { name: 'Dark' }).click();
    const dark = await colours();
    expect(dark[0]).not.toBe(light[0]);
    expect(dark[0]).toBe(dark[1]);
  }, 120_000);
});
