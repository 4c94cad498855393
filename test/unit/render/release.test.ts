import { describe, expect, it } from 'vitest';
import { plainLine } from '../../../src/core/message.ts';
import { narrow } from '../../../src/core/reader-view.ts';
import type { Classification, Facts, ReleaseFacts } from '../../../src/core/release.ts';
import { notesIn } from '../../../src/core/release-notes.ts';
import { parseFilter } from '../../../src/core/subscription.ts';
import { instant } from '../../../src/core/time.ts';
import { announcementMessage } from '../../../src/render/announcement.ts';
import { PLAIN, renderText } from '../../../src/render/text.ts';
import { digestOf, imageOf, SUBSCRIPTION, V430 } from '../../support/kairos-release.ts';

function text(facts: Facts): string {
  return renderText(announcementMessage(facts, SUBSCRIPTION), { width: 200, palette: PLAIN });
}

function release(changes: Partial<ReleaseFacts>, classification: Partial<Classification> = {}): ReleaseFacts {
  return { ...V430, ...changes, classification: { ...V430.classification, ...classification } };
}

const REASONS = V430.classification.reasons;

describe('the title', () => {
  const rows: readonly (readonly [string, ReleaseFacts])[] = [
    ['Kairos v4.3.0 · minor · Hadron v0.5.1', narrow(parseFilter('core arm64'), V430)],
    ['Kairos v4.3.0 · minor · Hadron v0.5.1 · k3s 1.36.4', narrow(parseFilter('arm64 1.36'), V430)],
    [
      'Kairos v4.3.0 · patch · backport · Hadron v0.5.1 · k0s 1.34.11',
      release(narrow(parseFilter('k0s 1.34'), V430), { bump: 'patch', backport: true }),
    ],
    ['kairos-init v4.3.0 · minor', release({ project: 'kairos-init', images: [] })],
    [
      'Kairos v4.3.0 · minor · Rocky Linux 9 · k3s 1.35.0+k3s3',
      release({ images: [imageOf('quay.io/kairos/rockylinux:9-standard-amd64-generic-v4.3.0-k3s-v1.35.0-k3s3')] }),
    ],
    [
      'Kairos v4.3.0 · minor · Debian 13 · Ubuntu 22.04, 24.04',
      release({
        images: ['ubuntu:24.04', 'ubuntu:22.04', 'debian:13'].map((flavor) =>
          imageOf(`quay.io/kairos/${flavor}-core-amd64-generic-v4.3.0`),
        ),
      }),
    ],
  ];
  it('lists releases of a flavor as versions: 9 before 10, v0.9.0 before v0.10.0', () => {
    const title = (tags: readonly string[]) =>
      announcementMessage(release({ images: tags.map((tag) => imageOf(`quay.io/kairos/${tag}-core-amd64-generic-v4.3.0`)) }), null).title;
    expect(title(['rockylinux:10', 'rockylinux:9'])).toContain('Rocky Linux 9, 10');
    expect(title(['hadron:v0.10.0', 'hadron:v0.9.0', 'hadron:v0.10.0-rc1'])).toContain('Hadron v0.9.0, v0.10.0-rc1, v0.10.0');
  });

  it.each(rows)('is "%s"', (title, facts) => {
    expect(announcementMessage(facts, null).title).toBe(title);
  });
});

describe('what is not there', () => {
  const combination = {
    flavor: 'hadron',
    variant: 'standard',
    arch: 'amd64',
    model: 'generic',
    distro: 'k0s',
    uki: false,
    raw: false,
  } as const;
  const gap = { combination, kubernetes: 'v1.35.8+k0s.0', expectedBy: 'page' } as const;
  const deadline = instant('2026-09-09T10:00:00Z');
  const incomplete = (status: 'late' | 'missing') =>
    release({
      completeness: {
        images: [
          { ...gap, status },
          { ...gap, kubernetes: 'v1.36.4+k0s.0', status: 'present' },
        ],
        mislabelled: [],
        deadline,
      },
    });

  it('is named, with why it is expected and until when it is only late', () => {
    expect(text(incomplete('late'))).toContain('1 of 2 expected images so far. Not there yet; missing from 2026-09-09 10:00 UTC on');
    expect(text(incomplete('late'))).toContain('hadron · standard · amd64 · generic · k0s 1.35.8 (its installer is on the release page)');
    expect(text(incomplete('missing'))).toContain('1 of 2 expected images. Missing since 2026-09-09 10:00 UTC');
  });

  it('is told to nobody who would not get it', () => {
    expect(text(narrow(parseFilter('arm64'), incomplete('late')))).not.toContain('expected image');
    expect(text(narrow(parseFilter('k0s 1.35'), incomplete('late')))).toContain('0 of 1 expected image so far');
  });

  it('is not spoken of when the release was taken back', () => {
    const gone = text(release({ ...incomplete('missing'), withdrawn: 'page' }));
    expect(gone).toContain('Kairos v4.3.0 · minor · withdrawn');
    expect(gone).toContain('Withdrawn. Its release page is gone. Do not upgrade to it before you know why.');
    expect(gone).not.toContain('Missing since');
  });

  it('names an image that says less than its siblings', () => {
    const reference = 'quay.io/kairos/alpine:3.19-standard-arm64-rpi4-v3.3.0';
    const facts = release({ completeness: { images: [], mislabelled: [{ reference, reason: 'no-kubernetes' }], deadline } });
    expect(text(facts)).toContain('3.19-standard-arm64-rpi4-v3.3.0 does not say which Kubernetes is inside; its siblings do');
  });
});

describe('files of the release page that are not what they were', () => {
  it('are named, with both digests or that they are gone', () => {
    const at = instant('2026-09-12T10:00:00Z');
    const changedFiles = [
      { name: 'a.iso', from: `sha256:${'1'.repeat(64)}`, to: `sha256:${'2'.repeat(64)}`, at },
      { name: 'b.iso', from: null, to: null, at },
    ];
    const page = V430.page === null ? null : { ...V430.page, changedFiles };
    expect(text(release({ page }))).toContain('a.iso 2026-09-12: sha256:111111111111 → sha256:222222222222');
    expect(text(release({ page }))).toMatch(/Files removed after publication \(1\)[\s\S]*b\.iso 2026-09-12/);
  });
});

describe('what moved', () => {
  it('is told of the components the shown images have', () => {
    const summary = (words: string) => plainLine(announcementMessage(narrow(parseFilter(words), V430), null).summary);
    expect(summary('core')).toBe('Kairos v4.2.0 → v4.3.0 (minor) · Hadron v0.5.1 (unchanged)');
    expect(summary('k0s')).toContain('k0s 1.36.3+k0s.2 → 1.36.4 (patch)');
    expect(summary('k0s')).not.toContain('k3s');
  });

  it.each([
    ['major', 'warning'],
    ['minor', 'notice'],
    ['patch', 'good'],
    ['rebuild', 'notice'],
    ['prerelease', 'neutral'],
  ] as const)('a %s has the tone %s and its label', (bump, tone) => {
    const message = announcementMessage(release({}, { bump }), null);
    expect([message.tone, message.labels]).toEqual([tone, ['kairos/release', `kairos/${bump}`]]);
  });

  it.each([
    [{ kind: 'backport', newest: 'v4.4.0' }, 'A backport: v4.4.0 was out before it and stays the newest.'],
    [{ kind: 'promoted', from: 'v4.3.0-rc2' }, 'Promoted from v4.3.0-rc2.'],
    [{ kind: 'prerelease-of', version: 'v4.3.0' }, 'On the way to v4.3.0.'],
    [{ kind: 'rebuilt', images: 1 }, '1 image pushed again with other content under the same tag.'],
    [{ kind: 'renumbered', from: 'v0.17.3', to: 'v4.3.0' }, 'Renumbered from v0.17.3 to v4.3.0, which is no breaking change by itself.'],
  ] as const)('says of %j: %s', (reason, sentence) => {
    expect(text(release({}, { reasons: [...REASONS, reason] }))).toContain(sentence);
  });

  it('says so when it is the first release Herald knows of', () => {
    expect(text(release({}, { reasons: [{ kind: 'first-release' }] }))).toContain('The first release Herald knows of');
  });
});

describe('the body', () => {
  it('never implies that signatures were checked', () => {
    expect(text(V430)).toMatch(/Signatures +not checked yet/);
    expect(text(V430)).not.toMatch(/verified|✓/);
  });

  it('says when it is superseded, and no longer shouts', () => {
    const message = announcementMessage(release({ supersededBy: 'v4.3.1' }, { bump: 'major' }), null);
    expect(message.tone).toBe('neutral');
    expect(text(release({ supersededBy: 'v4.3.1' }))).toContain('Superseded by v4.3.1. Take that one instead.');
  });

  it('says when there is no release page', () => {
    expect(text(release({ page: null }))).toMatch(/Release page +none seen yet/);
  });

  it('tells of a tag that was pushed again after it was seen, and not of pushes before', () => {
    const seen = instant('2026-09-08T12:00:00Z');
    const at = (until: string) => ({ firstSeenAt: seen, replaced: [{ digest: digestOf('old'), until: instant(until) }] });
    const again = imageOf('quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0', at('2026-09-09T00:00:00Z'));
    const before = imageOf('quay.io/kairos/hadron:v0.5.1-core-arm64-generic-v4.3.0', at('2026-09-08T11:00:00Z'));
    const shown = text(release({ images: [again, before] }));
    expect(shown).toContain('Pushed again with other content (1)');
    expect(shown).toContain(`core-amd64-generic-v4.3.0 2026-09-09: ${digestOf('old').slice(0, 19)} → ${again.digest?.slice(0, 19)}`);
  });

  it('lists images that were removed apart from those there are', () => {
    const [first, ...others] = V430.images;
    if (first === undefined) throw new Error('no images');
    const shown = text(release({ images: [{ ...first, removedAt: instant('2026-09-10') }, ...others] }));
    expect(shown).toContain('Images (10)');
    expect(shown).toContain('Removed from the registry (1)\n  - hadron:v0.5.1-core-amd64-generic-v4.3.0 2026-09-10');
  });

  it('says plainly when nothing of it is published any more', () => {
    const images = V430.images.map((image) => ({ ...image, removedAt: instant('2026-09-10') }));
    expect(text(release({ images }))).toContain('None of these images is published any more.');
  });

  it('pulls by tag where the registry told no digest', () => {
    const image = imageOf('quay.io/kairos/hadron:v0.5.1-core-amd64-generic-v4.3.0', { digest: null });
    expect(text(release({ images: [image] }))).toMatch(/^ {2}quay\.io\/kairos\/hadron:v0\.5\.1-core-amd64-generic-v4\.3\.0$/m);
  });

  it('names the model and boot mode where they are not the usual', () => {
    const tags = ['v0.5.1-core-amd64-generic-v4.3.0-uki', 'v0.5.1-standard-arm64-rpi4-v4.3.0-k3s-v1.36.4-k3s1-img'];
    const shown = text(release({ images: tags.map((tag) => imageOf(`quay.io/kairos/hadron:${tag}`)) }));
    expect(shown).toContain('core · amd64 · generic · trusted boot');
    expect(shown).toContain('standard · arm64 · rpi4 · raw disk');
  });

  it('says why the reader gets it and where to change that', () => {
    expect(text(V430)).toContain(
      "Subscription infra-hadron (hadron). To change or end it: Herald's configuration, or herald subscriptions.",
    );
  });
});

describe('a digest', () => {
  const from = instant('2026-09-07T09:00:00Z');
  const to = instant('2026-09-14T09:00:00Z');
  const init = release({ key: 'kairos-init@v4.3.0', project: 'kairos-init', images: [] });
  const old = release({ key: 'kairos@v4.2.1', version: 'v4.2.1', supersededBy: 'v4.2.2' }, { bump: 'patch' });

  it('tells the newest first and folds what is superseded', () => {
    const shown = text({ kind: 'digest', from, to, releases: [old, init, V430] });
    expect(shown).toMatch(/^▲ Release digest · 2026-09-07 to 2026-09-14 · Kairos v4\.3\.0 and 1 more\n {2}3 releases/);
    expect(shown.indexOf('Kairos v4.3.0 · minor')).toBeLessThan(shown.indexOf('kairos-init v4.3.0 · minor'));
    expect(shown).toContain('Superseded meanwhile\n  - Kairos v4.2.1 (patch), superseded by v4.2.2');
    expect(shown).toMatch(/Signatures +not checked yet/);
  });

  it('tells a release once, as it is now', () => {
    const shown = text({ kind: 'digest', from, to, releases: [release({ page: null }), V430] });
    expect(shown).toContain('1 release from');
    expect(shown).toContain('releases/tag/v4.3.0');
  });

  it('still tells something when all is superseded by what the reader does not get', () => {
    expect(text({ kind: 'digest', from, to, releases: [old] })).toContain('Kairos v4.2.1 · patch');
  });

  it('of nothing says so', () => {
    expect(text({ kind: 'digest', from, to, releases: [] })).toContain('nothing new');
  });
});

describe('a notice', () => {
  it('of an unknown format says that nothing was dropped', () => {
    const facts = {
      kind: 'notice',
      notice: 'unrecognised-format',
      target: 'hadron',
      format: 'vN-x',
      reason: 'no variant',
      examples: ['v1-a'],
      count: 12,
    } as const;
    expect(text(facts)).toMatch(
      /^! hadron: 12 tags in a format Herald does not know\n {2}Not recognised: no variant\. Nothing was dropped/,
    );
    expect(text(facts)).toContain('- v1-a');
  });

  it('of a blind source never reads like "nothing new"', () => {
    const shown = text({
      kind: 'notice',
      notice: 'source-blind',
      target: 'hadron',
      since: instant('2026-09-10T08:30:00Z'),
      error: 'quay.io answered HTML.',
    });
    expect(shown).toMatch(/^✗ hadron: could not check since 2026-09-10 08:30 UTC\n {2}quay\.io answered HTML\./);
    expect(shown).toContain('does not mean that nothing is new');
  });

  it('of a source that sees again says for how long it did not', () => {
    expect(text({ kind: 'notice', notice: 'source-recovered', target: 'hadron', blindFor: 9_000_000 })).toContain(
      'could not be checked for 2 hours',
    );
  });
});

describe('what is new inside', () => {
  const notes = notesIn('kairos', [
    { version: 'v4.3.0', body: '## Breaking changes\n\n* the layout of disks is another\n\n## Fixes\n\n* fix: disks are found in #1\n' },
  ]);
  const packages: ReleaseFacts['packages'] = [
    {
      combination: 'hadron core amd64 generic',
      from: 'a',
      to: 'b',
      sbom: { from: 'unsigned', to: 'in-signed-index' },
      difference: {
        kind: 'compared',
        added: 1,
        removed: 2,
        changed: 3,
        unchanged: 4,
        highlights: [{ name: 'OpenSSL', from: ['3.5.4'], to: ['3.5.6'] }],
        first: [],
      },
    },
  ];

  it('what breaks stands before the images, the rest behind them', () => {
    const said = text(release({ notes }));
    expect(said.indexOf('the layout of disks is another')).toBeLessThan(said.indexOf('Images ('));
    expect(said.indexOf('disks are found (#1)')).toBeGreaterThan(said.indexOf('Images ('));
  });

  it('packages stand with what vouches for the figures', () => {
    expect(text(release({ packages }))).toContain(
      'hadron · core · amd64 · generic: OpenSSL 3.5.4 → 3.5.6 · 3 changed, 1 added, 2 removed (SBOM unsigned → in the signed index)',
    );
  });

  it('kinds of image whose packages moved alike are one line', () => {
    const [amd64] = packages;
    const arm64 = { ...packages[0], combination: 'hadron core arm64 generic' };
    expect(text(release({ packages: [amd64, arm64] as typeof packages }))).toContain(
      'hadron · core · amd64 · generic, hadron · core · arm64',
    );
  });

  it('a release that its page takes back is called so in the title, with a label', () => {
    const message = announcementMessage(release({ retracted: true }), SUBSCRIPTION);
    expect(message.title).toContain('· retracted ·');
    expect(message).toMatchObject({ tone: 'alarm', labels: expect.arrayContaining(['kairos/retracted']) });
  });

  it('an edit says what is new of the page, and nothing else', () => {
    const [own] = notes;
    const added = { retraction: [], security: [], knownIssues: [], breaking: own?.notes.sections.breaking ?? [] };
    const said = text({
      kind: 'notice',
      notice: 'release-edited',
      project: 'kairos',
      version: 'v4.3.0',
      url: V430.page?.url ?? null,
      added,
    });
    expect(said).toContain('Kairos v4.3.0: before you upgrade');
    expect(said).toContain('the layout of disks is another');
    expect(said).not.toContain('disks are found');
  });
});
