import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { newId } from '../kit/ids.ts';
import { type Stack, startStack } from '../kit/testing/stack.ts';
import { waitFor } from '../kit/testing/wait.ts';
import { type Browser, findChromium, startChromium } from './chromium.ts';
import { befriend, openDirect, type Person, register, SEND } from './people.ts';

const program = await findChromium();
if (!program) console.warn('Chromium is not on this machine and cannot be had from apt: the page is not tested.');

const whereThereIsChromium = program ? describe : describe.skip;

/** Where the picture in README.md is written, for whoever makes a new one. */
const PICTURE = process.env.BEAVER_PAGE_PICTURE && join(process.env.BEAVER_PAGE_PICTURE, 'page.png');

whereThereIsChromium('the page at /graphql, in Chromium', () => {
  let stack: Stack;
  let browser: Browser;
  let page: Page;
  /** What the browser has against the page: a policy that is broken, a file that is missing, an error in a script. */
  const complaints: string[] = [];
  /** Hosts that it was asked of. */
  const hosts = new Set<string>();

  beforeAll(async () => {
    stack = await startStack({ auth: 1, user: 1, chat: 1, file: 1, gateway: 1 });
    browser = await startChromium(program as string);
    page = await browser.context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => request.url().startsWith('data:') || hosts.add(new URL(request.url()).host));
  }, 180_000);
  afterAll(async () => {
    await browser?.stop();
    await stack?.stop();
  });

  const client = () => stack.client('gateway');
  const tab = (name: string) => page.getByRole('tab', { name });
  const run = () => page.getByRole('button', { name: /Execute query/ }).click();
  const answer = () => page.locator('.graphiql-response').textContent();
  const until = (text: string) =>
    waitFor(
      async () => {
        const shown = await answer();
        if (!shown?.includes(text)) throw new Error(`the page shows ${shown}, and complains of ${complaints}`);
        return true;
      },
      { what: `an answer with ${text}`, timeout: 20_000 },
    );

  /** Runs what is in a tab until the answer has a text. GraphiQL takes a moment to change tabs, in which it would still run the other one. */
  async function runTab(name: string, text: string): Promise<void> {
    await tab(name).click();
    await waitFor(
      async () => {
        await run();
        await waitFor(async () => (await answer())?.includes(text), { timeout: 2_000 });
        return true;
      },
      { what: `an answer with ${text} in ${name}`, timeout: 40_000 },
    );
  }

  it('signs in, runs a query, and sees a subscription deliver', async () => {
    const bo = await register(client(), 'bo');
    const userName = `ada_${randomBytes(4).toString('hex')}`;
    await page.goto(client().url);
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('E-mail').fill(`${userName}@example.com`);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.locator('#sign-in').getByRole('button', { name: 'Register' }).click();
    await page.getByText(`Signed in as ${userName}`).waitFor();

    // The profile of somebody who has just registered may appear some seconds later.
    await runTab('Conversations', `"name": "${userName}"`);

    // The other side of a conversation, by the same account from elsewhere.
    const ada = await signInElsewhere(userName);
    await befriend(bo, ada);
    const conversationId = await openDirect(bo, ada);
    await runTab('Inbox', '"InboxStarted"');
    const input = { conversationId, clientMessageId: newId(), text: 'The dam is done' };
    await bo.api.data(SEND, { input });
    await until('The dam is done');
    if (PICTURE) await page.screenshot({ path: PICTURE });

    // What ran in the wrong tab was refused.
    expect(complaints.filter((complaint) => !complaint.includes('status of 400'))).toEqual([]);
    expect([...hosts]).toEqual([new URL(client().url).host]);
  }, 120_000);

  async function signInElsewhere(login: string): Promise<Person> {
    const { logIn } = await client().data(
      `mutation ($input: LogInInput!) {
        logIn(input: $input) { ... on LogInPayload { tokens { accessToken refreshToken } user { id } } ... on UserError { code } }
      }`,
      { input: { login, password: 'correct horse battery' } },
    );
    const { accessToken, refreshToken } = logIn.tokens;
    return { id: logIn.user.id, userName: login, token: accessToken, refreshToken, api: client().as(accessToken) };
  }

  it('whoever registers in a tab is signed in; a wrong password is told; who logs out is nobody', async () => {
    const { userName } = await register(client(), 'cy');
    await page.reload();
    const fill = async (password: string) => {
      await page.getByLabel('User name').fill(userName);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Log in' }).click();
    };
    await fill('a wrong password');
    await waitFor(async () => (await page.getByRole('status').textContent()) !== '', { what: 'the refusal' });
    await page.reload();
    await tab('Register').click();
    const signedIn = page.getByText('Signed in as ada');
    await waitFor(
      async () => {
        if (await signedIn.isVisible()) return true;
        await run();
        await signedIn.waitFor({ timeout: 3_000 });
        return true;
      },
      { what: 'the one who registered to be signed in', timeout: 30_000 },
    );
    await page.getByRole('button', { name: 'Log out' }).click();
    await runTab('Conversations', 'UNAUTHENTICATED');
  }, 120_000);
});
