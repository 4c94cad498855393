/** What doctor says of Slack's and GitHub's answers about our credentials. */
import { describe, expect, it } from 'vitest';
import { githubFindings } from '../../src/adapters/github/inspect.ts';
import { slackFindings } from '../../src/adapters/slack/inspect.ts';
import { instant } from '../../src/core/time.ts';
import { mockHost } from '../support/http-mock.ts';

const NOW = instant('2026-09-08T09:00:00Z');
const TOKEN = 'made-up-token';

describe('Slack', () => {
  const slack = (body: unknown, status = 200) =>
    mockHost('https://slack.com', { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .post('/api/auth.test')
      .reply(status, JSON.stringify(body));

  it('is well when it takes the token, and says whose it is', async () => {
    slack({ ok: true, team: 'Acme', user: 'herald' });
    expect(await slackFindings({ token: TOKEN })).toEqual([
      { level: 'good', about: 'slack', text: 'Slack takes the token: herald in Acme.', next: null },
    ]);
  });

  it.each([
    ['a revoked token', { ok: false, error: 'token_revoked' }, 200],
    ['trouble of its own', {}, 503],
    ['an answer of another program', { ok: true, hello: 'world' }, 200],
  ])('is not well with %s, and the token is not told', async (_what, body, status) => {
    slack(body, status);
    const findings = await slackFindings({ token: TOKEN });
    expect(findings).toMatchObject([{ level: 'bad', about: 'slack' }]);
    expect(JSON.stringify(findings)).not.toContain(TOKEN);
  });
});

describe('GitHub', () => {
  const github = (path: string, body: unknown, status = 200) =>
    mockHost('https://api.github.com', { reqheaders: { authorization: `token ${TOKEN}` } })
      .get(path)
      .reply(status, JSON.stringify(body), { 'content-type': 'application/json' });
  const findings = () => githubFindings({ auth: { kind: 'token', token: TOKEN } }, ['acme/infra'], NOW);

  it('is well when it takes the token and the repository takes issues', async () => {
    github('/user', { login: 'herald-bot' });
    github('/repos/acme/infra', { archived: false, has_issues: true });
    expect((await findings()).map(({ level, text }) => [level, text])).toEqual([
      ['good', 'GitHub takes the credentials: herald-bot.'],
      ['good', 'acme/infra is there and takes issues.'],
    ]);
  });

  it.each([
    ['is archived', { archived: true, has_issues: true }, 200, 'archived'],
    ['has no issues', { archived: false, has_issues: false }, 200, 'turned off'],
    ['cannot be seen', { message: 'Not Found' }, 404, 'no repository acme/infra'],
  ])('names a repository that %s', async (_what, body, status, said) => {
    github('/user', { login: 'herald-bot' });
    github('/repos/acme/infra', body, status);
    expect((await findings())[1]).toMatchObject({ level: 'bad', text: expect.stringContaining(said) });
  });

  it('is not well when it refuses the token', async () => {
    github('/user', { message: 'Bad credentials' }, 401);
    github('/repos/acme/infra', { message: 'Bad credentials' }, 401);
    expect(await findings()).toMatchObject([
      { level: 'bad', text: expect.stringContaining('renew the token') },
      { level: 'bad', text: expect.stringContaining('renew the token') },
    ]);
  });
});
