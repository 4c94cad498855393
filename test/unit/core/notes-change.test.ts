/** Which edits of release notes are news. */
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../../src/core/message.ts';
import { readNotes } from '../../../src/core/notes.ts';
import { materialChange } from '../../../src/core/notes-change.ts';
import { GRAVE_SECTIONS } from '../../../src/core/notes-model.ts';

const OWN = { repository: 'kairos-io/kairos' };

function added(before: string, after: string): readonly string[] | null {
  const change = materialChange(readNotes(before, OWN), readNotes(after, OWN));
  return change === null ? null : GRAVE_SECTIONS.flatMap((name) => change[name].map(({ text }) => `${name}: ${plainLine(text)}`));
}

const BODY = `> [!WARNING]
> **Security Notice:** the images carry CVEs of the Kubernetes inside, read the scan before you roll them out.

## Known issues
- The second disk is missing on the small board #3

## What's Changed
* Fix a thing by @a in #1
* Add a thing by @a in #2`;

describe('an edit is news', () => {
  it.each([
    ['a retraction', `${BODY}\n\n## Upgrade issues\n\nDo not upgrade until 9.0.2.`, ['retraction: Do not upgrade until 9.0.2.']],
    ['a breaking change', `${BODY}\n\n## Breaking Changes\n\n- The old file is gone`, ['breaking: The old file is gone']],
    ['a known issue', BODY.replace('#3', '#3\n- The clock stands still #4'), ['knownIssues: The clock stands still']],
    [
      'an advisory in a note that was there',
      BODY.replace('carry CVEs', 'carry CVE-2099-12345'),
      [expect.stringContaining('security: Security Notice: the images carry CVE-2099-12345')],
    ],
    [
      'an issue that turned out to be one of security',
      BODY.replace('The second', 'CVE-2099-12345: the second'),
      ['knownIssues: CVE-2099-12345: the second disk is missing on the small board'],
    ],
  ])('that adds %s', (_, after, expected) => {
    expect(added(BODY, after)).toEqual(expected);
  });

  it('that adds a warning to what was a placeholder', () => {
    expect(added('Release v9.0.1', BODY)).toEqual([
      'security: Security Notice: the images carry CVEs of the Kubernetes inside, read the scan before you roll them out.',
      'knownIssues: The second disk is missing on the small board',
    ]);
  });
});

describe('an edit is no news', () => {
  it.each([
    ['nothing changed', BODY],
    ['a typo went', BODY.replace('roll them out', 'rol them out')],
    [
      'an issue is told in other words',
      BODY.replace('The second disk is missing on the small board', 'On small boards no other drive is found'),
    ],
    ['the order changed', BODY.split('\n\n').reverse().join('\n\n')],
    ['more features are listed', `${BODY}\n* Add more by @a in #5\n* ci: a thing in #6`],
    ['a warning went', BODY.slice(BODY.indexOf('## Known'))],
    ['all of it went', 'Release v9.0.1'],
  ])('when %s', (_, after) => {
    expect(added(BODY, after)).toBeNull();
  });

  it('when an issue was a breaking change before', () => {
    expect(added('## Breaking Changes\n- The old file is gone', '## Known issues\n- The old file is gone')).toBeNull();
  });
});
