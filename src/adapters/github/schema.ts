/** What GitHub's REST API answers for releases: https://docs.github.com/en/rest/releases/releases#list-releases. Only the fields used. */
import { z } from 'zod';

const Asset = z.object({
  name: z.string().max(1024),
  size: z.int().min(0),
  /** `sha256:…`; null for files uploaded before GitHub computed it. */
  digest: z.string().max(256).nullish(),
});

export const GithubRelease = z.object({
  tag_name: z.string().min(1).max(256),
  html_url: z.url({ protocol: /^https?$/ }).max(2048),
  name: z.string().max(4096).nullish(),
  body: z.string().nullish(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  published_at: z.iso.datetime({ offset: true }).nullish(),
  assets: z.array(Asset),
});
export type GithubRelease = z.infer<typeof GithubRelease>;

export const GithubReleasePage = z.array(GithubRelease).max(100);
