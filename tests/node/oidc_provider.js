// A certified OpenID Connect provider on loopback, for one client: `node oidc_provider.js PORT ID SECRET REDIRECT_URI`.
// Whoever signs in as `unverified-…` has an address that was not verified, and `nobody-…` tells none. It prints
// `ready` when it listens.
import Provider from "oidc-provider";

const [port, id, secret, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: id,
      client_secret: secret,
      redirect_uris: redirectUri.split(","),
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_context, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      name: `The person ${accountId}`,
      ...(accountId.startsWith("nobody-")
        ? {}
        : { email: `${accountId}@example.com`, email_verified: !accountId.startsWith("unverified-") }),
    }),
  }),
  pkce: { required: () => true },
  cookies: { keys: ["for tests only"] },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
