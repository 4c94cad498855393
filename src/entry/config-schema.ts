/** The shape of the configuration file. config/schema.json is generated from here (npm run schema), for editors. */
import { z } from 'zod';
import { DEFAULT_CADENCES } from '../core/cadence.ts';
import { MODELS } from '../core/image-tag.ts';
import { Vulnerabilities } from './config-vulnerabilities.ts';

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes, beginning with a letter or digit')
  .describe('A stable name of your choice. Changing it makes a new thing with no memory of the old one.');

const cadence = z
  .string()
  .min(1)
  .max(100)
  .describe('immediate (subscriptions only), hourly, daily, weekly, monthly, or a cron expression of five fields');

const timeZone = z.string().min(1).max(64).describe('A time zone name such as Europe/Rome');

const calendarDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'write a day as 2026-02-05, in quotes');

const lastVersion = z.string().nullable().default(null);

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dots and dashes, beginning with a letter or digit');

const Lifecycle = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('active') }),
  z.strictObject({
    state: z.literal('frozen'),
    since: calendarDay,
    lastVersion: z.string(),
    advice: z.string().min(1).max(500),
    lastTags: z.array(z.string()).default([]),
  }),
  z.strictObject({ state: z.literal('absorbed'), into: z.string(), since: calendarDay, lastVersion }),
  z.strictObject({ state: z.literal('archived'), since: calendarDay, lastVersion }),
]);

const Target = z.strictObject({
  id,
  source: z.enum(['quay', 'oci', 'github-releases']),
  repository: z.string().min(1).max(255).describe('quay.io/kairos/hadron for images, kairos-io/kairos for a release page'),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where the API is asked, when it is not the host of the repository'),
  via: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('The mirror it is read from, such as harbor.example.com/proxy/kairos/hadron; messages keep the name in repository'),
  project: name
    .refine((text) => text !== 'any' && text !== 'yes', 'any and yes have a meaning in filters; take another name')
    .describe('kairos for official OS images; the name of the component or of your own images otherwise'),
  every: cadence,
  timeZone: timeZone.optional(),
  lifecycle: Lifecycle.optional(),
  tags: z
    .string()
    .optional()
    .describe(
      'How your own images are tagged: $FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI. Without it the official layout is read',
    ),
  flavor: name.optional().describe('What your own images are called; the last segment of the repository otherwise'),
  defaults: z
    .strictObject({
      variant: z.enum(['core', 'standard']).optional(),
      arch: z.enum(['amd64', 'arm64', 'riscv64']).optional(),
      model: z.enum(MODELS).optional(),
      release: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'write a flavor release such as 24.04, in quotes')
        .optional(),
      distro: z.enum(['k3s', 'k0s']).optional(),
    })
    .optional()
    .describe('What your tags do not say'),
  builtWith: z
    .array(z.string())
    .max(20)
    .optional()
    .describe('What your images are built with, as project@version: kairos-init@v4.3.0, hadron@v0.5.1'),
});

/** Switches a target of the default configuration off. */
const Unwatched = z.strictObject({ id, watch: z.literal(false).describe('switches a target of the default configuration off') });

const Destination = z.union([
  z.literal('console', { error: 'write console, { slack: "#channel" }, { github: owner/name } or { webhook: name }' }),
  z.strictObject({ slack: z.string().min(1).max(80).describe('#channel or channel id') }),
  z.strictObject({ github: z.string().regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, 'write the repository as owner/name') }),
  z.strictObject({ webhook: id }),
]);

const Subscription = z.strictObject({
  id,
  topic: z.enum(['releases', 'operations']).default('releases'),
  to: Destination,
  filter: z.string().max(500).default('').describe('Words: hadron standard amd64 generic k3s 1.35 level:minor pre:yes'),
  every: cadence.default('immediate'),
  timeZone: timeZone.optional(),
  bypass: z
    .array(z.enum(['major']))
    .default([])
    .describe('What does not wait for the digest'),
  hold: z
    .string()
    .regex(/^\d{1,3}[mhd]$/, 'write how long at most: 90m, 6h or 2d')
    .optional()
    .describe('The first message of a release waits until every image it expects is there, at most this long: 6h, 2d'),
  requireVerified: z
    .string()
    .regex(/^\d{1,3}[mhd]$/, 'write how long at most: 90m, 6h or 2d')
    .optional()
    .describe('A release is told once all its images are verified, or after this long as not verified: 12h, 2d'),
  owner: z.string().min(1).max(200).describe('Who to ask about it'),
});

const Renumbering = z.strictObject({ project: z.string(), from: z.string(), to: z.string() });

const variable = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'write the name of an environment variable, in capitals; secrets do not belong into this file')
  .describe('The name of an environment variable, never the secret; NAME_FILE works too');

const Registry = z.strictObject({
  host: z.string().min(1).max(255).describe('harbor.example.com:8443'),
  usernameEnv: variable.optional(),
  passwordEnv: variable.optional(),
  tokenEnv: variable.optional().describe('The name of an environment variable with an OAuth token for the tag API of Quay'),
  dockerConfig: z.string().min(1).max(4096).optional().describe('A docker config.json with the login, such as a mounted pull secret'),
  tokenServices: z
    .array(z.url({ protocol: /^https?$/ }))
    .default([])
    .describe('Origins of token services that belong to this registry'),
  mirrorOf: z.string().min(1).max(255).optional().describe('quay.io/kairos: oci targets named so are read here'),
  path: z.string().min(1).max(255).optional().describe('Where the mirror keeps them; default: the same path'),
  plainHttp: z.boolean().default(false).describe('Asked over http://, logins too'),
});

/** Half of what quay.io allows a client on its slowest path (5 requests a second), which other tools of the same network use too. */
const perSecond = z.number().min(0.01).max(1000).describe('requests a second');
const burst = z.int().min(1).max(1000).describe('requests at once after a quiet time');
const concurrency = z.int().min(1).max(100).describe('requests under way at one time');

const HostLimits = z.strictObject({ perSecond: perSecond.default(2), burst: burst.default(5), concurrency: concurrency.default(4) });
const HostOverride = z.strictObject({
  host: z
    .string()
    .regex(
      /^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/,
      'write the host as it stands in an address, such as quay.io or harbor.internal:8443',
    )
    .describe('quay.io, or harbor.internal:8443 with a port'),
  perSecond: perSecond.optional(),
  burst: burst.optional(),
  concurrency: concurrency.optional(),
});

const apiUrl = z.url({ protocol: /^https?$/ });
const Slack = z.strictObject({ apiUrl });
const Github = z.strictObject({
  apiUrl: apiUrl.optional(),
  creator: z
    .string()
    .max(100)
    .optional()
    .describe('The login of our issues, where a token cannot tell: github-actions[bot] in GitHub Actions'),
});

const constant = z.string().min(1).max(500);
const kairosVersion = z.string().regex(/^v?\d+\.\d+\.\d+$/, 'write a version of three numbers, such as v4.3.0');

const Identity = z.strictObject({
  id,
  project: name.describe('kairos, or the project of your own images'),
  from: kairosVersion.optional().describe('the first version it is for'),
  below: kairosVersion.optional().describe('the first version it is not for any more'),
  issuer: z
    .url({ protocol: /^https$/ })
    .max(500)
    .describe('who vouches for the name: https://token.actions.githubusercontent.com'),
  names: z
    .array(constant)
    .max(20)
    .default([])
    .describe('Exact names of the signer; {tag} stands for the tag of the release, {version} for the same without its v'),
  builder: z
    .strictObject({
      prefix: constant.describe('the constant beginning of the name, up to the commit'),
      known: z
        .array(z.string().regex(/^[0-9a-f]{40}$/, 'write a commit of 40 hexadecimal digits'))
        .max(500)
        .default([]),
      unknown: z.enum(['caution', 'refuse']).default('caution').describe('what any other commit means'),
    })
    .optional()
    .describe('A reusable workflow that is named by commit'),
  source: z
    .strictObject({ repository: z.url({ protocol: /^https$/ }).max(500), ref: constant })
    .optional()
    .describe('The repository and ref the workflow ran for; needed wherever others may call the workflow'),
  trigger: constant.optional().describe('push'),
  runner: constant.optional().describe('github-hosted'),
});

const Verification = z.strictObject({
  enabled: z.boolean().default(true).describe('false: no image is checked, and every message says so'),
  trustRoot: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('A trusted_root.json of your own (a private Sigstore), seen from the directory of this file; it is never refreshed'),
  refresh: z.enum(['weekly', 'never']).default('weekly').describe('whether the trust root that comes with Herald is kept up to date'),
  mirror: z
    .url({ protocol: /^https?$/ })
    .default('https://tuf-repo-cdn.sigstore.dev')
    .describe('the TUF repository it is refreshed from'),
  mirrorRoot: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('The first root.json of a mirror of your own, seen from the directory of this file'),
});

const shape = {
  timeZone,
  cadences: z.strictObject({
    hourly: z.string().default(DEFAULT_CADENCES.hourly),
    daily: z.string().default(DEFAULT_CADENCES.daily),
    weekly: z.string().default(DEFAULT_CADENCES.weekly),
    monthly: z.string().default(DEFAULT_CADENCES.monthly),
  }),
  defaultTargets: z.boolean().describe('false: watch nothing but the targets of this file'),
  targets: z.array(z.union([Target, Unwatched])),
  subscriptions: z.array(Subscription),
  webhooks: z
    .array(z.strictObject({ id, url: z.url({ protocol: /^https?$/ }) }))
    .describe('Web addresses that signed events are sent to; the secret of each is HERALD_WEBHOOK_<ID>_SECRET in the environment'),
  renumberings: z.array(Renumbering),
  accept: z
    .array(z.strictObject({ project: z.string(), version: z.string() }))
    .describe('Releases that are announced although their versions jump far beyond all before them'),
  registries: z.array(Registry),
  defaultIdentities: z.boolean().describe('false: of the identities that come with Herald none is asked'),
  identities: z.array(Identity).describe('Who has to have signed the images of a project; asked beside those that come with Herald'),
  verification: Verification,
  vulnerabilities: Vulnerabilities,
  network: z.strictObject({
    allow: z
      .array(z.url({ protocol: /^https?$/ }))
      .default([])
      .describe('Origins inside your own network that Herald may ask, such as https://harbor.internal:8443'),
    ca: z
      .array(z.string().min(1).max(1000))
      .default([])
      .describe('PEM files of certificate authorities to trust besides the public ones, seen from the directory of this file'),
    limits: HostLimits.prefault({}).describe('How often any one host is asked at most'),
    hosts: z.array(HostOverride).default([]).describe('Hosts with limits of their own'),
  }),
  github: Github,
  slack: Slack,
  http: z.strictObject({ host: z.string().default('127.0.0.1'), port: z.int().min(0).max(65535).default(3000) }),
};

/** One file: every key is optional, unknown keys are mistakes. */
export const ConfigFile = z.strictObject(shape).partial();
export type ConfigFile = z.infer<typeof ConfigFile>;
export type TargetEntry = z.infer<typeof Target>;
export type IdentityEntry = z.infer<typeof Identity>;
export type RegistryEntry = z.infer<typeof Registry>;
export type UnwatchedEntry = z.infer<typeof Unwatched>;
export type HostLimitsEntry = z.infer<typeof HostLimits>;
export type HostOverrideEntry = z.infer<typeof HostOverride>;
export type SubscriptionEntry = z.infer<typeof Subscription>;

/** What every host gets that the configuration does not name. */
export const DEFAULT_LIMITS: HostLimitsEntry = HostLimits.parse({});

/** What holds where no file says anything of verification. */
export const DEFAULT_VERIFICATION: z.infer<typeof Verification> = Verification.parse({});

/** The JSON Schema of a configuration file, as config/schema.json holds it. */
export function configJsonSchema(): string {
  return JSON.stringify({ title: 'Kairos Herald configuration', ...z.toJSONSchema(ConfigFile, { io: 'input' }) }, null, 2);
}
