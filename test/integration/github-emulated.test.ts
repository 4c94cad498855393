/** The GitHub notifier against a stateful GitHub: what people would see among the issues. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGithubNotifier } from '../../src/adapters/github/notifier.ts';
import { printMarker } from '../../src/core/marker.ts';
import { instant } from '../../src/core/time.ts';
import type { Payload } from '../../src/ports.ts';
import { type DroppingProxy, startDroppingProxy } from '../support/dropping-proxy.ts';
import { type EmulatedGithub, startGithub } from '../support/emulators.ts';

const REPOSITORY = 'acme/infra';
const DESTINATION = { kind: 'github', repository: REPOSITORY } as const;
const KEY = 'delivery-1';

let github: EmulatedGithub;
let proxy: DroppingProxy;

beforeAll(async () => {
  github = await startGithub({ repositories: [REPOSITORY] });
  proxy = await startDroppingProxy(github.apiUrl);
});
beforeEach(() => {
  github.reset();
  proxy.dropNothing();
});
afterAll(async () => {
  await proxy.close();
  await github.close();
});

describe('GitHub notifier', () => {
  it('creates one issue with title, text, labels and a hidden marker', async () => {
    const outcome = await herald().create(DESTINATION, issue('Kairos v4.3.0'), KEY);

    const [created, ...more] = await github.issues(REPOSITORY);
    expect(more).toEqual([]);
    expect(outcome).toEqual({ kind: 'shown', externalId: String(created?.number) });
    expect(created).toMatchObject({ title: 'Kairos v4.3.0', state: 'open', user: { login: github.login } });
    expect(created?.body).toBe(`About Kairos v4.3.0\n\n${printMarker(KEY)}`);
    expect(labels(created)).toEqual(['kairos-herald', 'kairos/minor']);
  });

  it('edits the same issue, and not at all when nothing changed', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, issue('Kairos v4.3.0'), KEY));
    expect(await notifier.update(DESTINATION, externalId, issue('Kairos v4.3.0, superseded'), KEY)).toEqual({ kind: 'shown', externalId });

    const issues = await github.issues(REPOSITORY);
    expect(issues.map(({ title }) => title)).toEqual(['Kairos v4.3.0, superseded']);
    expect(issues[0]?.body).toContain(printMarker(KEY));

    await notifier.update(DESTINATION, externalId, issue('Kairos v4.3.0, superseded'), KEY);
    expect((await github.issues(REPOSITORY))[0]?.updated_at).toBe(issues[0]?.updated_at);
  });

  it('keeps labels that people set, and leaves a closed issue closed', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, issue('Kairos v4.3.0'), KEY));
    const path = `/repos/${REPOSITORY}/issues/${externalId}`;
    await github.call('PATCH', path, { labels: ['kairos-herald', 'kairos/minor', 'keep'], state: 'closed' });

    await notifier.update(DESTINATION, externalId, { ...issue('Kairos v4.3.0, complete'), labels: ['kairos/security'] }, KEY);
    const [edited] = await github.issues(REPOSITORY);
    expect(edited).toMatchObject({ title: 'Kairos v4.3.0, complete', state: 'closed' });
    expect(labels(edited)).toEqual(['kairos-herald', 'kairos/minor', 'kairos/security', 'keep']);
  });

  it('finds the issue whose answer was lost, so that there is exactly one', async () => {
    proxy.dropAnswersTo((method) => method === 'POST');
    const outcome = await herald(proxy).create(DESTINATION, issue('Kairos v4.3.0'), KEY);
    expect(outcome).toMatchObject({ kind: 'uncertain', failure: { code: 'DESTINATION_UNAVAILABLE', disposition: 'transient' } });

    proxy.dropNothing();
    const [created] = await github.issues(REPOSITORY);
    const found = await herald(proxy).find(DESTINATION, KEY, hourAgo());
    expect(found).toEqual({ kind: 'found', externalId: String(created?.number) });
    // And even a sender who did not look first does not make a second one.
    expect(await herald(proxy).create(DESTINATION, issue('Kairos v4.3.0'), KEY)).toEqual({ kind: 'shown', externalId: shownId(found) });
    expect(await github.issues(REPOSITORY)).toHaveLength(1);
  });

  it('finds a lost issue even when its labels are gone', async () => {
    const externalId = shownId(await herald().create(DESTINATION, issue('Kairos v4.3.0'), KEY));
    await github.call('PATCH', `/repos/${REPOSITORY}/issues/${externalId}`, { labels: [] });
    expect(await herald().find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'found', externalId });
  });

  it('does not take for its own an issue in which somebody else planted the marker', async () => {
    const planted = { title: 'planted', body: printMarker(KEY), labels: ['kairos-herald'] };
    await github.call('POST', `/repos/${REPOSITORY}/issues`, planted, github.otherToken);

    expect(await herald().find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'absent' });
    const externalId = shownId(await herald().create(DESTINATION, issue('Kairos v4.3.0'), KEY));
    expect((await github.issues(REPOSITORY)).map(({ number, title }) => `${number} ${title}`)).toEqual([
      '1 planted',
      `${externalId} Kairos v4.3.0`,
    ]);
  });

  it('does not take the marker that a quoted text brings along for its own', async () => {
    const quoting = { ...issue('Kairos v4.3.0'), body: `Notes: ${printMarker('delivery-2')}` };
    const externalId = shownId(await herald().create(DESTINATION, quoting, KEY));
    expect(await herald().find(DESTINATION, 'delivery-2', hourAgo())).toEqual({ kind: 'absent' });
    expect(await herald().find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'found', externalId });
  });

  it('lets two senders of one delivery agree on one open issue', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => herald().create(DESTINATION, issue('Kairos v4.3.0'), KEY)));

    const open = (await github.issues(REPOSITORY)).filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
    expect(new Set(outcomes.map(shownId))).toEqual(new Set([String(open[0]?.number)]));
    const closed = (await github.issues(REPOSITORY)).filter(({ state }) => state === 'closed');
    expect(closed.every(({ state_reason }) => state_reason === 'not_planned')).toBe(true);
  });

  it('finds an issue that more than a hundred younger ones have pushed off the first page', async () => {
    const notifier = herald();
    const externalId = shownId(await notifier.create(DESTINATION, issue('Kairos v4.3.0'), KEY));
    for (let n = 0; n < 230; n += 1) {
      const body = { title: `n ${n}`, body: printMarker(`other-${n}`), labels: ['kairos-herald'] };
      await github.call('POST', `/repos/${REPOSITORY}/issues`, body, github.token);
    }
    expect(await notifier.find(DESTINATION, KEY, hourAgo())).toEqual({ kind: 'found', externalId });
    expect(await notifier.create(DESTINATION, issue('Kairos v4.3.0'), KEY)).toEqual({ kind: 'shown', externalId });
    expect(await github.issues(REPOSITORY)).toHaveLength(231);
  });

  it('says gone for an issue that is not there or not its own, and rejected when the repository is not there', async () => {
    expect(await herald().update(DESTINATION, '77', issue('Kairos v4.3.0'), KEY)).toEqual({ kind: 'gone' });
    await github.call('POST', `/repos/${REPOSITORY}/issues`, { title: 'of a recreated repository', body: 'mine' }, github.otherToken);
    expect(await herald().update(DESTINATION, '1', issue('Kairos v4.3.0'), KEY)).toEqual({ kind: 'gone' });

    const elsewhere = { kind: 'github', repository: 'acme/none' } as const;
    expect(await herald().update(elsewhere, '1', issue('Kairos v4.3.0'), KEY)).toMatchObject({ kind: 'rejected' });
    expect(await herald().create(elsewhere, issue('Kairos v4.3.0'), KEY)).toMatchObject({
      kind: 'rejected',
      failure: { code: 'DESTINATION_REJECTED', disposition: 'operator' },
    });
  });

  it('writes as a GitHub App, with or without a configured installation', async () => {
    const { installationId, ...credentials } = github.app;
    for (const auth of [
      { kind: 'app', ...credentials },
      { kind: 'app', ...credentials, installationId },
    ] as const) {
      const notifier = createGithubNotifier({ auth, apiUrl: github.apiUrl });
      const key = `app-${'installationId' in auth}`;
      const externalId = shownId(await notifier.create(DESTINATION, issue('Kairos v4.3.0'), key));
      expect(await notifier.find(DESTINATION, key, hourAgo())).toEqual({ kind: 'found', externalId });
      expect((await github.issues(REPOSITORY)).find(({ number }) => String(number) === externalId)?.user.login).toBe('kairos-herald[bot]');
    }
  });
});

function herald(through?: DroppingProxy) {
  return createGithubNotifier({ auth: { kind: 'token', token: github.token }, apiUrl: through?.url ?? github.apiUrl });
}

function issue(title: string): Extract<Payload, { kind: 'github' }> {
  return { kind: 'github', title, body: `About ${title}`, labels: ['kairos/minor'] };
}

function shownId(outcome: { readonly kind: string; readonly externalId?: string }): string {
  if (outcome.externalId === undefined) throw new Error(`expected an issue, got ${JSON.stringify(outcome)}`);
  return outcome.externalId;
}

function labels(of: { readonly labels: readonly { readonly name: string }[] } | undefined): string[] {
  return (of?.labels ?? []).map(({ name }) => name).sort();
}

function hourAgo() {
  return instant(Date.now() - 3_600_000);
}
