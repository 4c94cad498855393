/** Notes of several releases as one: what a reader who skipped some has to read. */
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../../src/core/message.ts';
import { readNotes } from '../../../src/core/notes.ts';
import { type AggregatedNotes, aggregate } from '../../../src/core/notes-aggregate.ts';
import type { NoteSection } from '../../../src/core/notes-model.ts';

/** Releases by version, newest first. */
function joined(bodies: Readonly<Record<string, string>>): AggregatedNotes {
  return aggregate(
    Object.entries(bodies).map(([version, body]) => ({ version, notes: readNotes(body, { repository: 'kairos-io/kairos' }) })),
  );
}

const said = (notes: AggregatedNotes, name: NoteSection): readonly string[] =>
  notes.sections[name].map(
    ({ text, versions, fixedIn }) => `${plainLine(text)} [${versions.join(' ')}]${fixedIn === null ? '' : ` fixed in ${fixedIn}`}`,
  );

describe('notes of several releases', () => {
  it('keep what was known and retracted on the way, and say what was fixed since', () => {
    const notes = joined({
      'v9.0.3': '- Fix the second disk by @a in #3',
      'v9.0.2': '## Known issues\n- The second disk is missing #3\n- The small board does not boot #2',
      'v9.0.1':
        '## Known issues\n- Small boards do not boot #2\n- The second disk is missing #3\n\n## Upgrade issues\n\nDo not upgrade to this release.',
    });
    expect(said(notes, 'retraction')).toEqual(['Do not upgrade to this release. [v9.0.1]']);
    expect(said(notes, 'knownIssues')).toEqual([
      'The second disk is missing [v9.0.2 v9.0.1] fixed in v9.0.3',
      'The small board does not boot [v9.0.2 v9.0.1]',
    ]);
    expect(notes.versions).toEqual(['v9.0.3', 'v9.0.2', 'v9.0.1']);
  });

  it('do not call fixed what the fixed release or a newer one still knows', () => {
    const notes = joined({
      'v9.0.2': '## Known issues\n- The second disk is missing #3',
      'v9.0.1': '- Fix the second disk by @a in #3\n\n## Known issues\n- The second disk is missing #3',
    });
    expect(said(notes, 'knownIssues')).toEqual(['The second disk is missing [v9.0.2 v9.0.1]']);
  });

  it('fold an item of the same reference or the same words, and none within one release', () => {
    const notes = joined({
      'v9.1.0': '- Fix a thing by @a in #1\n- Fix the rest of it by @a in #1\n- Fix another thing',
      'v9.0.1': '- Backport: fix a thing by @a in #1\n- Fix another thing!\n- Fix a third thing',
    });
    expect(said(notes, 'fixes')).toEqual([
      'Fix a thing [v9.1.0 v9.0.1]',
      'Fix the rest of it [v9.1.0]',
      'Fix another thing [v9.1.0 v9.0.1]',
      'Fix a third thing [v9.0.1]',
    ]);
  });

  it('tell from where to where a component went over all of them', () => {
    const diff = (...lines: readonly string[]): string => `# Changes since previous version\n\n${lines.join('\n')}`;
    const notes = joined({
      'v9.0.3': diff('## immucore changes', '- Version: v0.3.0 -> v0.4.0', '## kairos-sdk changes', '- No changes (v1.0.0)'),
      'v9.0.2': diff(
        '## Kairos changes',
        '- Bump hadron to v0.9.0 by @a in #1',
        '- bump go to 1.30.1',
        '## immucore changes',
        '- No changes (v0.3.0)',
      ),
      'v9.0.1': diff(
        '## Immucore changes',
        '- Version: v0.1.0 -> v0.3.0',
        '- bump go to 1.29.0',
        '## kairos-sdk changes',
        '- Version: v0.9.0 -> v1.0.0',
      ),
    });
    expect(notes.components.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['immucore', 'v0.1.0', 'v0.4.0'],
      ['kairos-sdk', 'v0.9.0', 'v1.0.0'],
      ['hadron', null, 'v0.9.0'],
    ]);
    expect(notes.dependencies).toMatchObject([{ name: 'go', from: null, to: '1.30.1', count: 2 }]);
  });

  it('join their changelogs, and name the releases nothing is written about', () => {
    const notes = joined({
      'v9.0.3': 'Release v9.0.3',
      'v9.0.2': '**Full Changelog**: https://github.com/kairos-io/kairos/compare/v9.0.1...v9.0.2',
      'v9.0.1': '**Full Changelog**: https://github.com/kairos-io/kairos/compare/v9.0.0...v9.0.1',
    });
    expect(notes.changelog).toEqual({ text: 'v9.0.0...v9.0.2', url: 'https://github.com/kairos-io/kairos/compare/v9.0.0...v9.0.2' });
    expect(notes.unwritten).toEqual(['v9.0.3']);
    expect(aggregate([]).versions).toEqual([]);
  });
});
