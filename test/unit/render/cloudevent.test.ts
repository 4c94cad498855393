import { describe, expect, it } from 'vitest';
import { narrow } from '../../../src/core/reader-view.ts';
import { notesIn } from '../../../src/core/release-notes.ts';
import { parseFilter } from '../../../src/core/subscription.ts';
import { instant } from '../../../src/core/time.ts';
import { renderCloudEvent } from '../../../src/render/cloudevent.ts';
import { V430 } from '../../support/kairos-release.ts';

const ANNOUNCED = { subject: 'release:kairos@v4.3.0', revision: 3, createdAt: instant('2026-09-08T12:00:00Z') };

describe('an event for programs', () => {
  it('has the facts of the release as this reader sees it, and which revision it is', () => {
    const event = renderCloudEvent(ANNOUNCED, narrow(parseFilter('core arm64'), V430));
    expect(event).toMatchObject({
      type: 'io.kairos.herald.release.v1',
      subject: 'release:kairos@v4.3.0',
      time: '2026-09-08T12:00:00.000Z',
      data: { revision: 3, project: 'kairos', version: 'v4.3.0', bump: 'minor', previous: 'v4.2.0', withdrawn: null, imagesLeftOut: 0 },
    });
    expect(event.data.images).toEqual([
      expect.objectContaining({
        reference: 'quay.io/kairos/hadron:v0.5.1-core-arm64-generic-v4.3.0',
        digest: expect.stringMatching(/^sha256:/),
      }),
    ]);
  });

  it('has of the notes what nobody may miss, as text', () => {
    const body = '## Breaking changes\n\n* the layout of **disks** is another\n\n## Fixes\n\n* fix: disks are found\n';
    const notes = notesIn('kairos', [{ version: 'v4.3.0', body }]);
    expect(renderCloudEvent(ANNOUNCED, { ...V430, notes, retracted: true }).data).toMatchObject({
      retracted: true,
      warnings: [{ version: 'v4.3.0', section: 'breaking', text: 'the layout of disks is another' }],
    });
  });

  it('is the same each time it is made, so that a receiver can compare', () => {
    expect(JSON.stringify(renderCloudEvent(ANNOUNCED, V430))).toBe(JSON.stringify(renderCloudEvent(ANNOUNCED, V430)));
  });

  it('says how many images it had to leave out', () => {
    const [image] = V430.images;
    const many = Array.from({ length: 1_200 }, () => image).flatMap((one) => one ?? []);
    expect(renderCloudEvent(ANNOUNCED, { ...V430, images: many }).data).toMatchObject({ imagesLeftOut: 200 });
  });

  it('tells a notice as what it is', () => {
    const notice = {
      kind: 'notice',
      notice: 'source-blind',
      target: 'hadron',
      since: ANNOUNCED.createdAt,
      error: 'it answered 503',
    } as const;
    expect(renderCloudEvent({ ...ANNOUNCED, subject: 'notice:source-blind:hadron' }, notice)).toMatchObject({
      type: 'io.kairos.herald.notice.v1',
      data: { notice: 'source-blind', target: 'hadron' },
    });
  });
});
