/** What the configuration says of a registry, and as whom it is asked. Logins come in as values: no adapter reads the environment or a file. */

/** `from` names the variables or the file a login came from, for the person who has to mend it; it is never a secret. */
export type Login =
  | { readonly kind: 'password'; readonly username: string; readonly password: string; readonly from: string }
  /** A refresh token of `docker login`, which a token service turns into access tokens. */
  | { readonly kind: 'identity-token'; readonly token: string; readonly from: string }
  /** There is a login, in a program that Herald does not run: the registry is asked as nobody. */
  | { readonly kind: 'helper'; readonly from: string };

export interface RegistryAccess {
  /** Asked over `http://`. A login for a registry is only ever sent to this one scheme and host. */
  readonly plainHttp: boolean;
  /** Origins of token services that belong to the registry, beyond its own and the well-known ones. */
  readonly tokenServices: readonly string[];
  readonly login: Login | null;
}

/** By the host a registry is asked at, with its port: `harbor.example.com:8443`. Called at every poll: a mounted secret may have changed. */
export type AccessTo = (host: string) => RegistryAccess;

/** A registry nobody said anything about. */
export const ANYBODY: RegistryAccess = { plainHttp: false, tokenServices: [], login: null };
