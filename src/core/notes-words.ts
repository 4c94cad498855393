/**
 * The words of release notes: which prefix, heading or turn of phrase means which section. From the bodies of kairos-io
 * (several hands, several years, no template): `✨ 🐛 ⬆️ 🤖 📖 🔒 ⚠️` or `:bug:`, conventional commits, a list of headings, and nothing at all.
 * Every pattern is applied to one heading or one item, which are bounded.
 */
import type { NoteSection } from './notes-model.ts';

/** `dependencies`: a bump, or where bumps are listed. */
export type Kind = NoteSection | 'dependencies';

/** Emoji that name a section. Others (🐧 distributions, 💿 installers, 🎨 structure, 🔧 settings) say what is touched, not what it means. */
const EMOJI: ReadonlyMap<string, Kind> = new Map([
  ['✨', 'features'],
  ['🚀', 'features'],
  ['🎉', 'features'],
  ['🐛', 'fixes'],
  ['🩹', 'fixes'],
  ['🚑', 'fixes'],
  ['⬆', 'dependencies'],
  ['⬇', 'dependencies'],
  ['📌', 'dependencies'],
  ['🤖', 'chores'],
  ['👷', 'chores'],
  ['🌱', 'chores'],
  ['✅', 'chores'],
  ['🧪', 'chores'],
  ['💚', 'chores'],
  ['📖', 'chores'],
  ['📝', 'chores'],
  ['📚', 'chores'],
  ['🔒', 'security'],
  ['🔐', 'security'],
  ['🛡', 'security'],
  ['⚠', 'breaking'],
  ['💥', 'breaking'],
]);

/** The same as GitHub's shortcodes. */
const SHORTCODES: ReadonlyMap<string, Kind> = new Map([
  ['sparkles', 'features'],
  ['rocket', 'features'],
  ['tada', 'features'],
  ['bug', 'fixes'],
  ['adhesive_bandage', 'fixes'],
  ['ambulance', 'fixes'],
  ['arrow_up', 'dependencies'],
  ['arrow_down', 'dependencies'],
  ['pushpin', 'dependencies'],
  ['robot', 'chores'],
  ['construction_worker', 'chores'],
  ['seedling', 'chores'],
  ['white_check_mark', 'chores'],
  ['test_tube', 'chores'],
  ['green_heart', 'chores'],
  ['book', 'chores'],
  ['memo', 'chores'],
  ['books', 'chores'],
  ['lock', 'security'],
  ['closed_lock_with_key', 'security'],
  ['shield', 'security'],
  ['warning', 'breaking'],
  ['boom', 'breaking'],
]);

/** Types of conventional commits. */
const TYPES: ReadonlyMap<string, Kind | null> = new Map([
  ['feat', 'features'],
  ['feature', 'features'],
  ['fix', 'fixes'],
  ['bugfix', 'fixes'],
  ['hotfix', 'fixes'],
  ['perf', 'other'],
  ['refactor', 'other'],
  ['revert', 'other'],
  ['security', 'security'],
  ['sec', 'security'],
  ['deps', 'dependencies'],
  ['build', 'chores'],
  ['chore', 'chores'],
  ['ci', 'chores'],
  ['docs', 'chores'],
  ['doc', 'chores'],
  ['style', 'chores'],
  ['test', 'chores'],
  ['tests', 'chores'],
]);

export interface Prefix {
  /** What it says the item is; null when it says nothing. */
  readonly kind: Kind | null;
  /** The item without it; the scope of a conventional commit stays, as `scope: `. */
  readonly rest: string;
}

const EMOJI_AT_START = /^\s*(\p{Extended_Pictographic})[\uFE0F\u{1F3FB}-\u{1F3FF}]*/u;
const SHORTCODE_AT_START = /^\s*:([a-z][a-z0-9_+-]{1,40}):/;
const COMMIT_AT_START = /^\s*([A-Za-z]{2,10})(?:\(([^()]{1,60})\))?(!)?:\s+(?=\S)/;

/** The prefixes at the start of an item; the first that names a section decides, a breaking mark above all. */
export function prefixOf(text: string): Prefix {
  let rest = text;
  let kind: Kind | null = null;
  let scope = '';
  for (let round = 0; round < 6; round += 1) {
    const emoji = EMOJI_AT_START.exec(rest);
    const shortcode = SHORTCODE_AT_START.exec(rest);
    const commit = COMMIT_AT_START.exec(rest);
    const type = TYPES.has(commit?.[1]?.toLowerCase() ?? '') ? commit : null;
    const found = emoji ?? shortcode ?? type;
    if (found === null) break;
    const named = emoji ? EMOJI.get(emoji[1] ?? '') : shortcode ? SHORTCODES.get(shortcode[1] ?? '') : typeKind(type);
    if (named != null) kind = named === 'breaking' ? named : (kind ?? named);
    if (type !== null && found === type && type[2] !== undefined && named !== 'dependencies') scope = `${type[2]}: `;
    rest = rest.slice(found[0].length);
  }
  return rest === text ? { kind, rest: text } : { kind, rest: scope + rest.replace(/^\s*:?\s*/, '') };
}

function typeKind(commit: RegExpExecArray | null): Kind | null {
  const [, type = '', scope, breaking] = commit ?? [];
  if (breaking !== undefined) return 'breaking';
  if (/^deps(?:-dev)?$/i.test(scope ?? '')) return 'dependencies';
  return TYPES.get(scope?.toLowerCase() ?? '') === 'chores' ? 'chores' : (TYPES.get(type.toLowerCase()) ?? null);
}

/** True where a line of a paragraph begins an item of its own. */
export function hasPrefix(text: string): boolean {
  return EMOJI_AT_START.test(text) || SHORTCODE_AT_START.test(text);
}

/** What the words of a heading name. `general`: changes of any kind. Null: a heading of its own making. */
export type HeadingKind = Kind | 'contributors' | 'general' | null;

const HEADINGS: readonly (readonly [RegExp, HeadingKind])[] = [
  [/\bnew contributors?\b|^contributors$|^thanks\b/, 'contributors'],
  [/\b(?:do not|don['’]?t) (?:upgrade|use|install)\b|\b(?:retract|withdrawn|yanked)/, 'retraction'],
  [/\bknown\b.*\b(?:issues?|bugs?|problems?|limitations?)\b/, 'knownIssues'],
  [/\bsecurity\b|\bvulnerabilit|\bcves?\b/, 'security'],
  [/\bresolved\b|\bbug ?fix(?:es)?\b|\bfix(?:es|ed)?\b|^bugs?$/, 'fixes'],
  [
    /\bbreaking\b|\bdeprecat|\bupgrad(?:e|ing)\b.*\b(?:issues?|notes?|warnings?|path|from)\b|^upgrad(?:e|ing)$|\bmigrat|\baction required\b/,
    'breaking',
  ],
  [/\battention\b|^important\b|^warnings?$|\bremov(?:ed|als?)\b/, 'breaking'],
  [/\bother changes\b/, 'general'],
  [/\bfeatures?\b|\benhancements?\b|\bimprovements?\b|\bnoteworthy\b|^what['’]?s new\b|^new$|^added$/, 'features'],
  [/\bdependenc|^updated?(?: packages| components| dependencies)?$|\bbumps?$|\bversion bumps\b/, 'dependencies'],
  [/^docs?$|\bdocumentation\b|\bchores?\b|\bmaintenance\b|\bhousekeeping\b|^ci\b|^tests?$|\binternal\b|^misc/, 'chores'],
  [/\bhighlights?\b/, 'highlights'],
  [
    /^what['’]?s changed$|^(?:other |notable |all |recent )?changes\b|^change ?log$|^changed$|^(?:release |important )?notes$|^overview\b|^summary$|^general$/,
    'general',
  ],
];

export function headingKind(words: string): HeadingKind {
  const text = words
    .toLowerCase()
    .replace(/[:!.\s]+$/, '')
    .trim();
  return HEADINGS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** `kairos-init changes`: the name of the component; null for other headings. */
export function componentHeading(words: string): string | null {
  const name = /^([A-Za-z][\w.-]{1,60}) changes$/i.exec(words.trim())?.[1] ?? null;
  return name === null ||
    /^(?:breaking|other|notable|all|recent|new|minor|major|api|config|documentation|docs|internal|dependency)$/i.test(name)
    ? null
    : name;
}

/** Says not to take this release. Not `Do not install grub-bios on arm64`, which is a fix: only of releases and upgrades as such. */
const RETRACTION =
  /\b(?:do not|don['’]t|not|never|avoid|stop|refrain from)\s+(?:upgrad(?:e|ing)|updat(?:e|ing)|us(?:e|ing)|install(?:ing)?|deploy(?:ing)?|roll(?:ing)? out)\b(?:\s+(?:to|it|this|these|the|any|until|before|yet|version|release|v?\d[\w.]*)\b|\s*[.!]|\s*$)(?!\s+(?:same|default|old|new)\b)|\b(?:release|version)\s+(?:is|was|has been)\s+(?:withdrawn|retracted|yanked|pulled|revoked)\b|\b(?:withdrawn|retracted|yanked)\s+release\b/i;

export function saysRetracted(text: string): boolean {
  return RETRACTION.test(text);
}

/** Identifiers of advisories in a text, in capitals. */
export function advisoriesIn(text: string): readonly string[] {
  return (text.match(/\b(?:CVE-\d{4}-\d{4,7}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})\b/gi) ?? []).map((id) => id.toUpperCase());
}

const SECURITY = /\bsecurity (?:notice|advisory|issue|fix|update|vulnerabilit)|\bvulnerab|\bbackdoor|\bmalware|\bcompromised\b|\bcves?\b/i;

export function isAboutSecurity(text: string): boolean {
  return advisoriesIn(text).length > 0 || SECURITY.test(text);
}

const BREAKING = /\bbreaking[ -]changes?\b|^breaking\b|^deprecat(?:e|es|ed|ion)\b|^upgrading from\b|\baction required\b/i;

const CHORES =
  /\b(?:tests?|testing|e2e|ci|workflows?|pipelines?|scans?|badges?|readme|lint(?:er|ing)?|github actions?|release notes|renovate|codeql|scorecards?|osv-scanner|governance|typos?|earthfile|earthly|snyk|codeowners|license|dangerous workflow)\b/i;
const VERBS: readonly (readonly [RegExp, NoteSection])[] = [
  [/^(?:docs?|refactor(?:s|ed|ing)?|clean ?up|lint|tests?|remove (?:leftover|sha))\b/i, 'chores'],
  [
    /^(?:fix(?:es|ed)?|avoid(?:s|ed)?|prevent(?:s|ed)?|correct(?:s|ed|ly)?|resolve[sd]?|repair(?:s|ed)?|do not|don['’]t|no longer)\b/i,
    'fixes',
  ],
  [
    /^(?:add(?:s|ed)?|allow(?:s|ed)?|enable[sd]?|introduc(?:e|es|ed)|implement(?:s|ed)?|support(?:s|ed)?|expos(?:e|es|ed)|publish(?:es|ed)?|provide[sd]?|new)\b/i,
    'features',
  ],
];

/** What an item without prefix is by its own words; null when they tell nothing. */
export function kindOfWords(text: string): NoteSection | null {
  if (BREAKING.test(text)) return 'breaking';
  if (CHORES.test(text)) return 'chores';
  const verb = text.replace(/^(?:\[[^[\]]{1,40}\]\s*|[\w-]{1,30}:\s+)/, '');
  return VERBS.find(([pattern]) => pattern.test(verb))?.[1] ?? null;
}
