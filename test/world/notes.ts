/**
 * The release notes this world shows. The texts are ours; their shapes are the ones Kairos uses: a placeholder while the images
 * are built, then the differences by component, sometimes below a warning.
 */
import { RELEASES, type RecordedRelease } from './history.ts';

/** What the release workflow writes before anybody wrote notes. */
export function placeholder(version: string): string {
  return `Release ${version}`;
}

/** One or two lines of our own on what changed in the project itself. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'v3.7.2': ['fix: rebuild the standard images on newer k3s builds', 'chore: last release with images of every distribution'],
  'v4.0.0': ['feat: official images are built on Hadron only', 'chore: drop the other distributions from the release build'],
  'v4.0.1': ['chore: move the base to Hadron v0.0.4'],
  'v4.0.2': ['fix: rebuild with a Go toolchain that has the latest security fixes', 'chore: newer image factory in #4016'],
  'v4.0.3': ['fix: small corrections after v4.0.2'],
  'v4.1.0': ['feat: move the base to Hadron v0.2.0', 'ci: write the differences between releases by machine'],
  'v4.1.1': ['feat: move the base to Hadron v0.3.0 in #4103', 'ci: security scans no longer stop builds of the main branch in #4127'],
  'v4.1.2': ['feat: move the base to Hadron v0.4.0', 'fix: release notes were lost when the releases API timed out in #4149, #4150'],
  'v4.2.0': ['feat: move the base to Hadron v0.5.1', 'ci: a release now waits for a scan of the binaries it ships in #4300'],
  'v4.3.0': ['feat: agent, immucore and the other components now live in one repository', 'feat: component archives beside the ISO files'],
};

const WARNING = [
  '> [!WARNING]',
  '> **Security:** the standard images of this release carry known CVEs of the Kubernetes distributions inside them. Read the scan results before you roll them out.',
  '',
];

/** Releases whose page carries the warning block. */
const WARNED: ReadonlySet<string> = new Set(['v4.1.1', 'v4.2.0']);

/** The version of a component that the last release before this one named. */
function versionBefore(recorded: RecordedRelease, component: keyof RecordedRelease['components']): string | null {
  const earlier = RELEASES.slice(0, RELEASES.indexOf(recorded)).map((other) => other.components[component]);
  return earlier.findLast((version) => version !== undefined) ?? null;
}

/** The stable release before this one. */
function previousStable(recorded: RecordedRelease): string | null {
  const earlier = RELEASES.slice(0, RELEASES.indexOf(recorded)).filter(({ version }) => !version.includes('-'));
  return earlier.at(-1)?.version ?? null;
}

const COMPONENTS = ['kairos-init', 'provider-kairos', 'immucore', 'kairos-agent'] as const;

function componentLines(recorded: RecordedRelease): readonly string[] {
  return COMPONENTS.flatMap((component) => {
    const to = recorded.components[component];
    const from = versionBefore(recorded, component);
    if (to === undefined) {
      return [];
    }
    return [`## ${component} changes`, from === null || from === to ? `- No changes (${to})` : `- Version: ${from} -> ${to}`, ''];
  });
}

/** The notes a page ends with. A candidate keeps its placeholder. */
export function notesOf(recorded: RecordedRelease): string {
  const changes = CHANGES[recorded.version];
  if (changes === undefined) {
    return placeholder(recorded.version);
  }
  const previous = previousStable(recorded);
  return [
    ...(WARNED.has(recorded.version) ? WARNING : []),
    previous === null ? '# Changes' : `# Changes since previous version (${previous})`,
    '',
    '## Kairos changes',
    '',
    ...changes.map((change) => `- ${change}`),
    '',
    ...componentLines(recorded),
  ].join('\n');
}
