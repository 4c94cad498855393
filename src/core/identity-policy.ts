/**
 * Who has to have signed an image: by project and version, as exact texts. There are no patterns on purpose: a pattern that is not
 * anchored takes `…@refs/tags/v2.4.30` for `…@refs/tags/v2.4.3`, and one that is takes any character for a dot.
 */
import type { CertificateFacts, SignerFacts } from './evidence.ts';
import type { Project } from './release.ts';
import { parseVersion, type Version } from './version.ts';

/**
 * A text in which `{tag}` stands for the release's tag (`v4.3.0`) and `{version}` for the same without its v. The release is the one
 * being checked, never the one a certificate speaks of.
 */
export type Template = string;

/** Who may sign: this very name, or a known builder after a constant beginning. */
export type NameRule =
  | { readonly kind: 'exact'; readonly name: Template }
  | {
      readonly kind: 'builder';
      readonly prefix: string;
      /** Commits (40 hexadecimal digits) of the reusable workflow that somebody has looked at. */
      readonly known: readonly string[];
      /** What an unknown commit means, where repository and ref are right. */
      readonly unknown: 'caution' | 'refuse';
    };

/** An entry of the policy, for the releases of a project from one version on (inclusive) to another (exclusive). */
export interface IdentityRule {
  readonly id: string;
  readonly project: Project;
  readonly from: Version | null;
  readonly below: Version | null;
  readonly issuer: string;
  /** Any one of these. */
  readonly names: readonly NameRule[];
  /** The repository and ref the workflow ran for. A reusable workflow of somebody else gives its own name to everybody who calls it. */
  readonly source: { readonly repository: string; readonly ref: Template } | null;
  /** `push`; null for any. */
  readonly trigger: string | null;
  /** `github-hosted`; null for any. */
  readonly runner: string | null;
}

/** A rule with the release's tag put in: what a certificate is compared with. */
export interface ResolvedRule {
  readonly id: string;
  readonly issuer: string;
  readonly names: readonly NameRule[];
  readonly source: { readonly repository: string; readonly ref: string } | null;
  readonly trigger: string | null;
  readonly runner: string | null;
}

/** The rules for one release, any of which may be met. Plain JSON, and part of the key that verdicts are kept by. */
export type Policy = readonly ResolvedRule[];

/** The policy for a release; null when no rule is for its project and version. */
export function policyFor(rules: readonly IdentityRule[], project: Project, version: string): Policy | null {
  const parsed = parseVersion(version);
  const covering = rules.filter((rule) => rule.project === project && covers(rule, parsed));
  if (covering.length === 0) return null;
  const filled = (template: Template): string => template.replaceAll('{tag}', version).replaceAll('{version}', version.replace(/^v/, ''));
  return covering.map(({ id, issuer, names, source, trigger, runner }) => ({
    id,
    issuer,
    names: names.map((name) => (name.kind === 'exact' ? { kind: 'exact', name: filled(name.name) } : name)),
    source: source === null ? null : { repository: source.repository, ref: filled(source.ref) },
    trigger,
    runner,
  }));
}

/** By numbers alone: v3.4.0-beta1 was made by the workflow of v3.4.0. */
function covers({ from, below }: IdentityRule, version: Version | null): boolean {
  if (version === null) return from === null && below === null;
  return (from === null || byNumbers(version, from) >= 0) && (below === null || byNumbers(version, below) < 0);
}

function byNumbers(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export type SignerMatch =
  | { readonly kind: 'match'; readonly rule: ResolvedRule; readonly identity: string; readonly unknownBuilder: string | null }
  /** `message`: what was expected and what was found, for people; the found text is foreign. */
  | { readonly kind: 'mismatch'; readonly message: string };

/** Fulcio's extensions (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md) by their last number. */
export const EXTENSION = {
  issuerV1: 1,
  triggerV1: 2,
  repositoryV1: 5,
  refV1: 6,
  issuer: 8,
  runner: 11,
  repository: 12,
  commit: 13,
  ref: 14,
  trigger: 20,
  runUrl: 21,
} as const;

/** Whether these are the people the policy means. Of several mismatches the one is told that has the right name and another fault. */
export function matchSigner(policy: Policy, signer: SignerFacts): SignerMatch {
  if (signer.kind === 'key') return mismatch('it is signed with a key, and the policy wants a certificate');
  const { certificate } = signer;
  const [name, ...others] = certificate.names;
  if (name === undefined || others.length > 0) return mismatch(`its certificate has ${certificate.names.length} names instead of one`);
  const outcomes = policy.flatMap((rule): readonly SignerMatch[] => {
    const named = matchName(rule, name);
    if (named === null) return [];
    const fault = wrongIssuer(rule, certificate) ?? wrongSource(rule, certificate) ?? wrongRun(rule, certificate);
    return [fault === null ? { kind: 'match', rule, identity: name.value, ...named } : mismatch(fault)];
  });
  const expected = policy.flatMap(({ names }) => names.map(nameText)).slice(0, MAX_NAMED);
  const who = `${shown(name.value)}${name.type === 'uri' ? '' : ` (${name.type})`}`;
  return (
    outcomes.find(({ kind }) => kind === 'match') ?? outcomes[0] ?? mismatch(`it is signed by ${who}, not by ${expected.join(' or ')}`)
  );
}

/** Expected names beyond these make a message longer and no clearer. */
const MAX_NAMED = 3;

/** Null when the name is not among the rule's. */
function matchName(
  { names }: ResolvedRule,
  { type, value }: CertificateFacts['names'][number],
): { readonly unknownBuilder: string | null } | null {
  for (const rule of names) {
    if (type !== typeOf(rule)) continue;
    if (rule.kind === 'exact' && value === rule.name) return { unknownBuilder: null };
    if (rule.kind === 'builder' && value.startsWith(rule.prefix)) {
      const builder = value.slice(rule.prefix.length);
      if (rule.known.includes(builder)) return { unknownBuilder: null };
      if (rule.unknown === 'caution' && COMMIT.test(builder)) return { unknownBuilder: builder };
    }
  }
  return null;
}

const COMMIT = /^[0-9a-f]{40}$/;

/** A name with a scheme is an address; any other is an e-mail address. */
function typeOf(rule: NameRule): 'uri' | 'email' {
  return (rule.kind === 'exact' ? rule.name : rule.prefix).includes('://') ? 'uri' : 'email';
}

function nameText(rule: NameRule): string {
  return rule.kind === 'exact' ? rule.name : `${rule.prefix}<commit>`;
}

/** Fulcio gave the issuer as extension 1 until 2023, as 8 since, and writes both: where they disagree one of them lies. */
function wrongIssuer({ issuer }: ResolvedRule, { extensions }: CertificateFacts): string | null {
  const [older, newer] = [extensions[EXTENSION.issuerV1], extensions[EXTENSION.issuer]];
  if (older !== undefined && newer !== undefined && older !== newer) {
    return `the certificate names two issuers, ${shown(older)} and ${shown(newer)}`;
  }
  const found = newer ?? older;
  return found === issuer ? null : `its identity was vouched for by ${found === undefined ? 'nobody' : shown(found)}, not by ${issuer}`;
}

/** Certificates from before Fulcio 1.2 (March 2023) say the same in extensions 5 and 6, the repository without its host. */
function wrongSource({ source }: ResolvedRule, { extensions }: CertificateFacts): string | null {
  if (source === null) return null;
  const short = extensions[EXTENSION.repositoryV1];
  const repository = extensions[EXTENSION.repository] ?? (short === undefined ? undefined : `https://github.com/${short}`);
  if (repository !== source.repository) {
    return `the workflow ran for ${repository === undefined ? 'no repository it names' : shown(repository)}, not for ${source.repository}`;
  }
  const ref = extensions[EXTENSION.ref] ?? extensions[EXTENSION.refV1];
  return ref === source.ref ? null : `the workflow ran on ${ref === undefined ? 'no ref it names' : shown(ref)}, not on ${source.ref}`;
}

/** How and where it ran, as far as the certificate says. */
function wrongRun({ trigger, runner }: ResolvedRule, { extensions }: CertificateFacts): string | null {
  const triggeredBy = extensions[EXTENSION.trigger] ?? extensions[EXTENSION.triggerV1];
  if (trigger !== null && triggeredBy !== undefined && triggeredBy !== trigger) {
    return `the workflow was started by ${shown(triggeredBy)}, not by ${trigger}`;
  }
  const ranOn = extensions[EXTENSION.runner];
  if (runner !== null && ranOn !== undefined && ranOn !== runner)
    return `the workflow ran on a runner that is ${shown(ranOn)}, not ${runner}`;
  return null;
}

function mismatch(message: string): SignerMatch {
  return { kind: 'mismatch', message };
}

/** Foreign text, as much of it as a sentence can carry. */
function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
