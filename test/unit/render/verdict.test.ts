/** What is said of signatures: counts that never hide anything, and foreign text that stays text at every sink. */
import { describe, expect, it } from 'vitest';
import type { PublishedImage, ReleaseFacts } from '../../../src/core/release.ts';
import { instant } from '../../../src/core/time.ts';
import type { ImageVerdict } from '../../../src/core/verdict.ts';
import { renderGithub } from '../../../src/render/github.ts';
import { noticeMessage } from '../../../src/render/notice.ts';
import { releaseMessage } from '../../../src/render/release.ts';
import { renderSlack } from '../../../src/render/slack.ts';
import { ANSI, PLAIN, renderText } from '../../../src/render/text.ts';
import { V430 } from '../../support/kairos-release.ts';

const VERIFIED: ImageVerdict = {
  state: 'verified',
  over: 'index',
  sbom: 'in-signed-index',
  signer: {
    identity: 'https://github.com/kairos-io/kairos/.github/workflows/reusable-factory.yaml@refs/tags/v4.3.0',
    issuer: 'https://token.actions.githubusercontent.com',
    repository: 'https://github.com/kairos-io/kairos',
    ref: 'refs/tags/v4.3.0',
    commit: 'f'.repeat(40),
    runUrl: null,
    signedAt: instant('2026-09-08T13:00:00Z'),
  },
  rule: 'kairos-own-factory',
  cautions: [],
  refusals: [],
  unknown: null,
};
const UNSIGNED: ImageVerdict = { ...VERIFIED, state: 'unsigned', over: null, sbom: 'unsigned', signer: null, rule: null };
const UNKNOWN: ImageVerdict = { ...UNSIGNED, state: 'unknown', sbom: 'unknown', unknown: 'TIMEOUT' };
const rejected = (message: string): ImageVerdict => ({
  ...UNSIGNED,
  state: 'rejected',
  refusals: [{ name: 'layer 1', fault: 'POLICY', message }],
});

/** The release whose images have these verdicts in turn; undefined: not looked at yet. */
function with_(...verdicts: readonly (ImageVerdict | undefined)[]): ReleaseFacts {
  const images = V430.images.slice(0, verdicts.length).map((image, index): PublishedImage => {
    const verdict = verdicts[index];
    return verdict === undefined ? image : { ...image, verdict };
  });
  return { ...V430, images };
}
const text = (facts: ReleaseFacts): string => renderText(releaseMessage(facts, null), { width: 300, palette: PLAIN });

describe('the signatures of a release', () => {
  it.each([
    ['nothing was looked at', [undefined], 'not checked yet'],
    ['all are verified', [VERIFIED, VERIFIED], '2 verified · 0 unsigned · 0 rejected, signed for kairos-io/kairos at v4.3.0'],
    ['one is unsigned', [VERIFIED, UNSIGNED], '1 verified · 1 unsigned · 0 rejected, signed for kairos-io/kairos at v4.3.0'],
    ['one could not be verified', [VERIFIED, UNKNOWN], '1 verified · 0 unsigned · 0 rejected · 1 could not be verified'],
    ['one was not looked at', [VERIFIED, undefined], '1 verified · 0 unsigned · 0 rejected · 1 not checked yet'],
  ] as const)('say that %s', (_, verdicts, said) => {
    expect(text(with_(...verdicts))).toContain(`Signatures    ${said}`);
  });

  it('count the SBOMs by what vouches for them', () => {
    expect(text(with_(VERIFIED, UNSIGNED, UNKNOWN))).toContain('SBOMs         1 in the signed index · 1 unsigned · 1 could not be read');
  });

  it('of a rejected image are an alarm, first of all sections, and the image is not among what to pull', () => {
    const facts = with_(rejected('it is signed by somebody else'), VERIFIED);
    const message = releaseMessage(facts, null);
    expect(message.tone).toBe('alarm');
    expect(message.labels).toContain('kairos/rejected');
    const shown = text(facts);
    expect(shown).toContain('Do not use: 1 signature wrong or gone');
    const [bad = '', good = ''] = facts.images.map(({ reference, digest }) => `${reference}@${digest}`);
    expect(shown).not.toContain(bad);
    expect(shown).toContain(good);
  });

  it('of images that were removed are nobody’s concern any more', () => {
    const facts = with_(rejected('it is signed by somebody else'), VERIFIED);
    const images = facts.images.map((image, index) => (index === 0 ? { ...image, removedAt: instant('2026-09-09') } : image));
    expect(text({ ...facts, images })).not.toContain('Do not use');
  });

  it('fold a caution that many images share', () => {
    const cautious: ImageVerdict = { ...VERIFIED, cautions: [{ kind: 'unknown-builder', builder: 'abc'.repeat(14) }] };
    expect(text(with_(cautious, cautious, VERIFIED))).toContain(
      '2 images: built by a commit of the release workflow that nobody has put on the list yet',
    );
  });
});

describe('what a certificate says (row 62)', () => {
  const HOSTILE = 'it is signed by <!channel> @octocat #1 [x](https://evil.example) \u001b[31m\u202e<img src=x>, not by us';
  const facts = with_(rejected(HOSTILE));

  it('mentions nobody and formats nothing in Slack', () => {
    const { blocks, text: fallback } = renderSlack(releaseMessage(facts, null));
    const sent = JSON.stringify([blocks, fallback]);
    expect(sent).not.toContain('<!channel>');
    expect(sent).toContain('&lt;!channel&gt;');
  });

  it('mentions nobody, refers to nothing and is no HTML on GitHub', () => {
    const { body } = renderGithub(releaseMessage(facts, null));
    expect(body).not.toMatch(/(^|[^`\w])@octocat/);
    expect(body).not.toContain('<img');
    expect(body).not.toContain('](https://evil.example)');
  });

  it('neither colours nor turns around a terminal', () => {
    const shown = renderText(releaseMessage(facts, null), { width: 100, palette: PLAIN });
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('\u202e');
    expect(renderText(releaseMessage(facts, null), { width: 100, palette: ANSI })).not.toContain('\u202e');
  });
});

describe('an alert', () => {
  const alert = (images: readonly PublishedImage[]) =>
    noticeMessage({ kind: 'notice', notice: 'signatures', project: 'kairos', version: 'v4.3.0', images }, null);

  it('names each image with the reason and how to look at it', () => {
    const shown = renderText(alert(with_(rejected('it is signed by somebody else')).images), { width: 300, palette: PLAIN });
    expect(shown).toContain('Do not use: 1 image of Kairos v4.3.0');
    expect(shown).toContain(': it is signed by somebody else');
    expect(shown).toContain('herald verify quay.io/kairos/hadron:');
  });

  it('says when it is over', () => {
    expect(alert([])).toMatchObject({ tone: 'good', title: 'Kairos v4.3.0: the signatures are in order again' });
  });
});
