/** What each of GitHub's answers means for a delivery, and the rules about whose issue is whose. */
import { describe, expect, it } from 'vitest';
import { createGithubNotifier } from '../../src/adapters/github/notifier.ts';
import type { SendOutcome } from '../../src/core/delivery.ts';
import { printMarker } from '../../src/core/marker.ts';
import { instant } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';

const GITHUB = 'https://api.github.com';
const TOKEN = 'made-up-token';
const KEY = 'delivery-1';
const NOW = instant('2026-09-08T09:00:00Z');
const SINCE = instant('2026-09-08T08:00:00Z');
const DESTINATION = { kind: 'github', repository: 'acme/infra' } as const;
const PAYLOAD = { kind: 'github', title: 'Kairos v4.3.0', body: 'All about it.', labels: ['kairos/minor'] } as const;

const herald = () => createGithubNotifier({ auth: { kind: 'token', token: TOKEN }, creator: 'herald-bot', now: () => NOW });
const create = () => herald().create(DESTINATION, PAYLOAD, KEY);
const update = () => herald().update(DESTINATION, '7', PAYLOAD, KEY);
const find = () => herald().find(DESTINATION, KEY, SINCE);

const issue = (number: number, changes: Record<string, unknown> = {}) => ({
  number,
  title: PAYLOAD.title,
  body: `${PAYLOAD.body}\n\n${printMarker(KEY)}`,
  state: 'open',
  user: { login: 'herald-bot' },
  labels: [{ name: 'kairos-herald' }, { name: 'kairos/minor' }],
  ...changes,
});

type Answer = { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string>; readonly errno?: string };

function githubAnswers(method: string, path: string | RegExp, answer: Answer, sent?: Record<string, string | string[]>): void {
  const request = mockHost(GITHUB, { reqheaders: { authorization: `token ${TOKEN}` } }).intercept(path, method, sent);
  if (answer.errno !== undefined) {
    request.replyWithError(Object.assign(new Error(answer.errno), { code: answer.errno }));
    return;
  }
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
  request.reply(answer.status ?? 200, body, { 'content-type': 'application/json', ...answer.headers });
}

const LIST = /^\/repos\/acme\/infra\/issues\?/;
const lists = (...issues: readonly unknown[]) => githubAnswers('GET', LIST, { body: issues });
const says = (status: number, message: string, headers?: Record<string, string>): Answer => ({
  status,
  body: { message },
  ...(headers === undefined ? {} : { headers }),
});
const resetIn = (seconds: number) => String(Date.parse(NOW) / 1000 + seconds);

type Fate = readonly [name: string, answer: Answer, created: SendOutcome['kind'], updated: SendOutcome['kind'], code: string];
const FATES: readonly Fate[] = [
  ['bad credentials', says(401, 'Bad credentials'), 'rejected', 'rejected', 'UNAUTHORIZED'],
  ['no permission', says(403, 'Resource not accessible by integration'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['an archived repository', says(403, 'Repository was archived so is read-only.'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['no such repository', says(404, 'Not Found'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['issues turned off', says(410, 'Issues are disabled for this repo'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  ['a body that is too long', says(422, 'Validation Failed'), 'rejected', 'rejected', 'DESTINATION_REJECTED'],
  [
    'a primary limit',
    says(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(90) }),
    'retry',
    'retry',
    'RATE_LIMITED',
  ],
  ['a secondary limit', says(403, 'You have exceeded a secondary rate limit'), 'retry', 'retry', 'RATE_LIMITED'],
  ['too many requests', says(429, ''), 'retry', 'retry', 'RATE_LIMITED'],
  ['500', says(500, 'Server Error'), 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  [
    '502 with a web page',
    { status: 502, body: '<html>Unicorn!</html>', headers: { 'content-type': 'text/html' } },
    'uncertain',
    'retry',
    'DESTINATION_UNAVAILABLE',
  ],
  [
    'a web page instead of an answer',
    { body: '<html>Please log in</html>', headers: { 'content-type': 'text/html' } },
    'uncertain',
    'retry',
    'DESTINATION_UNAVAILABLE',
  ],
  ['an answer of another shape', { body: { number: 'seven' } }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['name resolution failed', { errno: 'ENOTFOUND' }, 'retry', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['connection refused', { errno: 'ECONNREFUSED' }, 'retry', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['connection reset', { errno: 'ECONNRESET' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
  ['timeout', { errno: 'ETIMEDOUT' }, 'uncertain', 'retry', 'DESTINATION_UNAVAILABLE'],
];

describe('GitHub notifier: errors', () => {
  it.each(FATES)('%s while the issue is made', async (_name, answer, created, _updated, code) => {
    lists();
    githubAnswers('POST', '/repos/acme/infra/issues', answer);
    const outcome = await create();
    expect(outcome).toMatchObject({ kind: created, failure: { code } });
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
  });

  it.each(FATES.filter(([name]) => !name.includes('shape') && !name.includes('instead')))(
    '%s while it is edited',
    async (_name, answer, _created, updated, code) => {
      githubAnswers('GET', '/repos/acme/infra/issues/7', { body: issue(7, { title: 'old' }) });
      githubAnswers('PATCH', '/repos/acme/infra/issues/7', answer);
      expect(await update()).toMatchObject({ kind: updated, failure: { code } });
    },
  );

  it.each(FATES)('%s while it is looked for', async (_name, answer, _created, _updated, code) => {
    githubAnswers('GET', LIST, answer);
    expect(await find()).toMatchObject({ kind: 'unknown', failure: { code } });
  });

  it('has certainly made nothing when even the listing failed', async () => {
    githubAnswers('GET', LIST, { errno: 'ECONNRESET' });
    expect(await create()).toMatchObject({ kind: 'retry' });
  });

  it.each([
    ['Retry-After', says(403, 'slow down', { 'retry-after': '17' }), 17_000],
    ['the end of the window', says(403, 'limit', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(90) }), 90_000],
    ['a window that has just ended', says(403, 'limit', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetIn(-5) }), 1_000],
    ['an hour at most', says(429, 'limit', { 'retry-after': '999999' }), 3_600_000],
    ['a minute when nothing is named', says(403, 'You have exceeded a secondary rate limit'), 60_000],
  ])('waits for %s', async (_name, answer, retryAfterMs) => {
    githubAnswers('GET', LIST, answer);
    expect(await create()).toMatchObject({ kind: 'retry', failure: { code: 'RATE_LIMITED', retryAfterMs } });
  });

  it('names the shape of a repository when it is given another one', async () => {
    for (const repository of ['infra', 'acme/infra/issues', '/infra']) {
      const outcome = await herald().create({ kind: 'github', repository }, PAYLOAD, KEY);
      expect(outcome.kind === 'rejected' ? outcome.failure.message : outcome).toContain('owner/name');
    }
  });

  it('says what an unreadable private key is', async () => {
    const auth = { kind: 'app', appId: 1, privateKey: 'not a key' } as const;
    const outcome = await createGithubNotifier({ auth }).create(DESTINATION, PAYLOAD, KEY);
    expect(outcome).toMatchObject({ kind: 'rejected', failure: { code: 'INVALID_CONFIG' } });
    expect(JSON.stringify(outcome)).not.toContain('not a key');
  });

  it('asks for the login when a token belongs to no user', async () => {
    githubAnswers('GET', '/user', says(403, 'Resource not accessible by integration'));
    const notifier = createGithubNotifier({ auth: { kind: 'token', token: TOKEN } });
    expect(await notifier.create(DESTINATION, PAYLOAD, KEY)).toMatchObject({ kind: 'rejected', failure: { code: 'INVALID_CONFIG' } });
  });
});

describe('GitHub notifier: whose issue', () => {
  it.each([
    ['somebody else wrote it', issue(3, { user: { login: 'mallory' } })],
    ['its author is gone', issue(3, { user: null })],
    ['it shows another delivery', issue(3, { body: printMarker('delivery-2') })],
    ['ours is quoted in it, another delivery shown', issue(3, { body: `${printMarker(KEY)}\n${printMarker('delivery-2')}` })],
    ['it is a pull request', issue(3, { pull_request: { url: 'https://api.github.com/…' } })],
    ['it has no text', issue(3, { body: null })],
  ])('is not ours when %s', async (_name, other) => {
    lists(other);
    lists(other);
    expect(await find()).toEqual({ kind: 'absent' });
  });

  it('compares logins as GitHub does, without case', async () => {
    lists(issue(3, { user: { login: 'Herald-Bot' } }));
    expect(await find()).toEqual({ kind: 'found', externalId: '3' });
  });

  it('asks for our labelled issues, open and closed, and then for unlabelled ones of the time in question', async () => {
    mockHost(GITHUB)
      .get('/repos/acme/infra/issues')
      .query({ creator: 'herald-bot', state: 'all', labels: 'kairos-herald', per_page: '100', page: '1' })
      .reply(200, []);
    mockHost(GITHUB)
      .get('/repos/acme/infra/issues')
      .query({ creator: 'herald-bot', state: 'all', since: '2026-09-08T07:55:00.000Z', per_page: '100', page: '1' })
      .reply(200, [issue(9, { labels: [] })]);
    expect(await find()).toEqual({ kind: 'found', externalId: '9' });
  });

  it('never follows the address of a next page, only counts up', async () => {
    const link = '<https://elsewhere.example/issues?page=2>; rel="next"';
    githubAnswers('GET', LIST, { body: [], headers: { link } });
    mockHost(GITHUB)
      .get('/repos/acme/infra/issues')
      .query((query) => query.page === '2')
      .reply(200, [issue(4)]);
    expect(await find()).toEqual({ kind: 'found', externalId: '4' });
  });
});

describe('GitHub notifier: one issue', () => {
  it('closes its own issue when another sender was first, and shows the other', async () => {
    lists();
    githubAnswers('POST', '/repos/acme/infra/issues', { status: 201, body: issue(8) });
    lists(issue(8), issue(7, { title: 'older title' }));
    githubAnswers('PATCH', '/repos/acme/infra/issues/8', { body: issue(8) }, { state: 'closed', state_reason: 'not_planned' });
    githubAnswers('PATCH', '/repos/acme/infra/issues/7', { body: issue(7) }, { title: PAYLOAD.title });
    expect(await create()).toEqual({ kind: 'shown', externalId: '7' });
  });

  it('has shown its issue even when nobody can tell whether it is the only one', async () => {
    const warnings: unknown[] = [];
    const log = {
      debug: () => undefined,
      info: () => undefined,
      error: () => undefined,
      warn: (...line: unknown[]) => warnings.push(line),
    };
    lists();
    githubAnswers('POST', '/repos/acme/infra/issues', { status: 201, body: issue(8) });
    githubAnswers('GET', LIST, says(500, 'Server Error'));
    const notifier = createGithubNotifier({ auth: { kind: 'token', token: TOKEN }, creator: 'herald-bot', log });
    expect(await notifier.create(DESTINATION, PAYLOAD, KEY)).toEqual({ kind: 'shown', externalId: '8' });
    expect(warnings).toHaveLength(1);
  });

  it('writes nothing when the issue shows it already, whatever line ends a browser left', async () => {
    const body = `All about it.\r\n\r\n${printMarker(KEY)}\r\n`;
    githubAnswers('GET', '/repos/acme/infra/issues/7', { body: issue(7, { body, labels: ['Kairos-Herald', 'kairos/minor', 'keep'] }) });
    expect(await update()).toEqual({ kind: 'shown', externalId: '7' });
  });

  it('writes only what differs, and never the state', async () => {
    githubAnswers('GET', '/repos/acme/infra/issues/7', { body: issue(7, { state: 'closed', labels: [{ name: 'keep' }] }) });
    githubAnswers('PATCH', '/repos/acme/infra/issues/7', { body: issue(7) }, { labels: ['keep', 'kairos-herald', 'kairos/minor'] });
    expect(await update()).toEqual({ kind: 'shown', externalId: '7' });
  });

  it.each([404, 410])('is gone when GitHub answers %i and the repository is there', async (status) => {
    githubAnswers('GET', '/repos/acme/infra/issues/7', says(status, 'gone'));
    githubAnswers('GET', '/repos/acme/infra', { body: { has_issues: true } });
    expect(await update()).toEqual({ kind: 'gone' });
  });

  it.each([
    ['is not visible any more', says(404, 'Not Found')],
    ['has its issues turned off', { body: { has_issues: false } }],
  ])('is not gone when the repository %s', async (_name, answer) => {
    githubAnswers('GET', '/repos/acme/infra/issues/7', says(404, 'Not Found'));
    githubAnswers('GET', '/repos/acme/infra', answer);
    expect(await update()).toMatchObject({ kind: 'rejected' });
  });
});

describe('a reply', () => {
  const COMMENTS = /^\/repos\/acme\/infra\/issues\/7\/comments/;
  const comment = (id: number, changes: Record<string, unknown> = {}) => ({
    id,
    body: `**${PAYLOAD.title}**\n\n${PAYLOAD.body}\n\n${printMarker(KEY)}`,
    user: { login: 'herald-bot' },
    ...changes,
  });
  const reply = () => herald().create(DESTINATION, PAYLOAD, KEY, '7');

  it('is a comment on the issue of its message', async () => {
    githubAnswers('GET', COMMENTS, { body: [comment(1, { body: 'something else' })] });
    githubAnswers('POST', '/repos/acme/infra/issues/7/comments', { status: 201, body: comment(9) }, { body: comment(9).body });
    expect(await reply()).toEqual({ kind: 'shown', externalId: '7/comments/9' });
  });

  it('that is there already is not written again', async () => {
    githubAnswers('GET', COMMENTS, { body: [comment(9)] });
    expect(await reply()).toEqual({ kind: 'shown', externalId: '7/comments/9' });
  });

  it('of somebody else who copied the marker is not taken for ours', async () => {
    githubAnswers('GET', COMMENTS, { body: [comment(9, { user: { login: 'octocat' } })] });
    expect(await herald().find(DESTINATION, KEY, SINCE, '7')).toEqual({ kind: 'absent' });
  });

  it('whose answer was lost is found on its issue', async () => {
    githubAnswers('GET', COMMENTS, { body: [comment(9)] });
    expect(await herald().find(DESTINATION, KEY, SINCE, '7')).toEqual({ kind: 'found', externalId: '7/comments/9' });
  });

  it('is edited in place, and gone when somebody deleted it', async () => {
    const path = '/repos/acme/infra/issues/comments/9';
    githubAnswers('PATCH', path, { body: comment(9) });
    expect(await herald().update(DESTINATION, '7/comments/9', PAYLOAD, KEY)).toEqual({ kind: 'shown', externalId: '7/comments/9' });
    githubAnswers('PATCH', path, says(404, 'Not Found'));
    expect(await herald().update(DESTINATION, '7/comments/9', PAYLOAD, KEY)).toEqual({ kind: 'gone' });
  });
});
