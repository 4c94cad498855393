/** Which prefix, heading and turn of phrase means which section. */
import { describe, expect, it } from 'vitest';
import { readNotes } from '../../../src/core/notes.ts';
import { NOTE_SECTIONS } from '../../../src/core/notes-model.ts';

const OWN = { repository: 'kairos-io/kairos' };

/** Where the one thing of a body went. */
function sectionOf(body: string): string {
  const { sections, components, dependencies } = readNotes(body, OWN);
  const [found, ...more] = [
    ...NOTE_SECTIONS.flatMap((name) => sections[name].map(() => name)),
    ...components.map(() => 'components'),
    ...dependencies.map(() => 'dependencies'),
  ];
  expect(more).toEqual([]);
  return found ?? 'nothing';
}

describe('a bullet of the changes', () => {
  it.each([
    ['✨ a thing', 'features'],
    [':sparkles: a thing', 'features'],
    ['feat: a thing', 'features'],
    ['feat(agent): a thing', 'features'],
    ['Add a thing', 'features'],
    ['[uki] Support a thing', 'features'],
    ['🐛 a thing', 'fixes'],
    [':bug: a thing', 'fixes'],
    ['fix: a thing', 'fixes'],
    ['🐛 Do not install a thing', 'fixes'],
    ['Fix a thing', 'fixes'],
    ['Avoid a thing', 'fixes'],
    ['🔒 a thing', 'security'],
    [':lock: a thing', 'security'],
    ['fix: a thing (CVE-2099-12345)', 'security'],
    ['chore: newer compiler for GHSA-2345-6789-cfgh', 'security'],
    ['⚠️ a thing', 'breaking'],
    [':warning: a thing', 'breaking'],
    ['feat!: a thing', 'breaking'],
    ['fix(agent)!: a thing', 'breaking'],
    ['Breaking change: a thing', 'breaking'],
    ['Deprecate a thing', 'breaking'],
    ['🤖 a thing', 'chores'],
    [':robot: a thing', 'chores'],
    ['📖 a thing', 'chores'],
    ['🌱 a thing', 'chores'],
    ['ci: a thing', 'chores'],
    ['docs: a thing', 'chores'],
    ['chore: a thing', 'chores'],
    ['fix(ci): a thing', 'chores'],
    ['Add a test of a thing', 'chores'],
    ['Fix the release workflow', 'chores'],
    ['🐧 a thing', 'other'],
    ['💿 a thing', 'other'],
    ['🎨 a thing', 'other'],
    ['🔧 : a thing', 'other'],
    ['🐧 Support a thing', 'features'],
    ['refactor: a thing', 'other'],
    ['note: a thing', 'other'],
    ['A thing', 'other'],
    ['⬆️ Update some/action action to v3', 'dependencies'],
    [':arrow_up: Update repositories', 'dependencies'],
    ['⬆️ Update luet packages', 'dependencies'],
    ['chore(deps): update module a.example/b to v1.2.3', 'dependencies'],
    ['fix(deps): update module a.example/b to v1.2.3', 'dependencies'],
    ['Update some/action digest to 9d7c94c', 'dependencies'],
    ['Update dependency go to v1.30.1', 'dependencies'],
    ['chore: bump go from 1.29.0 to 1.30.1', 'dependencies'],
    ['Pin dependencies', 'dependencies'],
    ['Bump hadron to v0.9.0', 'components'],
    ['Bump kairos-init', 'components'],
    ['⬆️ Update quay.io/kairos/auroraboot Docker tag to v0.40.0', 'components'],
    ['fix(deps): update module github.com/kairos-io/kairos-agent/v2 to v2.40.0', 'components'],
    ['Update elsewhere/kcrypt to v1.0.0', 'dependencies'],
    ['Bump the factory to v1.4.0 and drop an attestation', 'other'],
    ['Update LICENSE', 'chores'],
  ])('%j', (text, section) => {
    expect(sectionOf(`## What's Changed\n* ${text} by @a in #1`)).toBe(section);
  });
});

describe('a heading', () => {
  it.each([
    ['Security', 'security'],
    ['🔒 Security fixes', 'security'],
    ['Breaking Changes', 'breaking'],
    ['⚠️ Potential Breaking Changes', 'breaking'],
    ['Upgrade issues', 'breaking'],
    ['Upgrade notes', 'breaking'],
    ['Deprecation warnings:', 'breaking'],
    [':warning: Known issues', 'knownIssues'],
    ['Known Issues', 'knownIssues'],
    ['Do not upgrade', 'retraction'],
    ['Release highlights:', 'highlights'],
    ['🚀 Features', 'features'],
    ['New and noteworthy', 'features'],
    ['Improvements', 'features'],
    ['Enhancements', 'features'],
    ['🐛 Bug Fixes', 'fixes'],
    [':bug: Bug fixes', 'fixes'],
    ['Fixes', 'fixes'],
    [':bug:', 'fixes'],
    ['Documentation', 'chores'],
    [':book:', 'chores'],
    ['Other Changes', 'other'],
    ["What's Changed", 'other'],
    ['Something of its own', 'other'],
  ])('%j', (heading, section) => {
    expect(sectionOf(`## ${heading}\n\n- A thing`)).toBe(section);
    expect(sectionOf(`${heading}\n\n- A thing`)).toBe(section);
  });

  it('without words of its own in a section stays in that section', () => {
    expect(sectionOf('## Breaking Changes\n\n### The configuration\n\nA thing.')).toBe('breaking');
    expect(sectionOf('## Known issues\n\nOn small boards:\n\n- A thing')).toBe('knownIssues');
  });
});

describe('a retraction', () => {
  it.each([
    ['Please do not upgrade to this release.', 'retraction'],
    ["> [!CAUTION]\n> Don't use this version.", 'retraction'],
    ['We advise to not upgrade until v9.9.9 is out.', 'retraction'],
    ['This release has been withdrawn.', 'retraction'],
    ['## Known issues\n\n- Do not upgrade yet, the disk is wiped.', 'retraction'],
    ['> [!WARNING]\n> Back up the disk before you upgrade.', 'breaking'],
    ['> [!NOTE]\n> The page is new.', 'highlights'],
    ['Do not install grub-bios on the small board', 'fixes'],
    ['- Do not use the default token', 'fixes'],
    ['You do not need to upgrade the firmware.', 'highlights'],
  ])('%j', (body, section) => {
    expect(sectionOf(body)).toBe(section);
  });
});
