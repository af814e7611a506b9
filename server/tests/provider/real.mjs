// Another system that vouches for people, for the tests: the program `oidc-provider`, with one client and whoever types a name.
//   node real.mjs NODE_MODULES PORT BACK NATIONAL_NUMBER
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [modules, port, back, number] = process.argv.slice(2);
const require = createRequire(join(modules, "judge.cjs"));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "motlan", client_secret: "a secret of both systems", redirect_uris: [back] }],
  claims: { openid: ["sub", "national_number"], acr: null, auth_time: null },
  conformIdTokenClaims: false,
  acrValues: ["two_factors"],
  cookies: { keys: ["a key of the test"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/people/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, national_number: number }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});

const PAGE = `<!doctype html><title>judge</title><form method="post"><label>Name <input id="name" name="name" autofocus></label></form>`;

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/people/")) return next();
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = PAGE;
    return undefined;
  }
  let body = "";
  for await (const part of ctx.req) body += part;
  const login = { accountId: new URLSearchParams(body).get("name"), acr: "two_factors", amr: ["pwd", "otp"] };
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, { login });
});

provider.listen(Number(port), "127.0.0.1", () => console.log("vouching"));
