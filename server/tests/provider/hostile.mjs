// A system that vouches falsely, for the tests: it follows OpenID Connect but for what it is told to do otherwise.
//   node hostile.mjs
// POST /otherwise with JSON: { header, claims (null takes one away), key: "other" | "secret" | "none", token: false, issuer }.
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const SECRET = "a secret of both systems";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const others = generateKeyPairSync("rsa", { modulusLength: 2048 });
const asked = new Map();
let otherwise = {};
let own = "";
let codes = 0;

const base64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function signature(text) {
  if (otherwise.key === "none") return "";
  if (otherwise.key === "secret") return createHmac("sha256", SECRET).update(text).digest("base64url");
  const { privateKey } = otherwise.key === "other" ? others : keys;
  return createSign("RSA-SHA256").update(text).sign(privateKey).toString("base64url");
}

function token(nonce) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: own, aud: "motlan", sub: "person-1", iat: now, exp: now + 300, auth_time: now, acr: "two_factors",
    nonce, national_number: "079199000001", ...otherwise.claims,
  };
  for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name];
  const text = `${base64({ alg: "RS256", kid: "1", typ: "JWT", ...otherwise.header })}.${base64(claims)}`;
  return `${text}.${signature(text)}`;
}

function answer(request, body) {
  const url = new URL(request.url, own);
  switch (url.pathname) {
    case "/otherwise":
      otherwise = JSON.parse(body);
      return {};
    case "/.well-known/openid-configuration":
      return {
        issuer: otherwise.issuer ?? own, authorization_endpoint: `${own}/ask`, token_endpoint: `${own}/token`,
        jwks_uri: `${own}/keys`, response_types_supported: ["code"], subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
      };
    case "/keys":
      return { keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] };
    case "/ask": {
      const code = `code-${codes++}`;
      asked.set(code, url.searchParams.get("nonce"));
      const back = new URL(url.searchParams.get("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state"));
      return { location: back.href, question: Object.fromEntries(url.searchParams) };
    }
    case "/token": {
      const code = new URLSearchParams(body).get("code");
      const proof = new URLSearchParams(body).get("code_verifier");
      if (!asked.has(code) || !proof) return { error: "invalid_grant" };
      const nonce = asked.get(code);
      asked.delete(code);
      const identity = otherwise.token === false ? {} : { id_token: token(nonce) };
      return { access_token: "x", token_type: "Bearer", expires_in: 300, ...identity };
    }
    default:
      return { error: "not_found" };
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const said = answer(request, body);
  response.writeHead(said.error ? 400 : 200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(said));
});
server.listen(0, "127.0.0.1", () => {
  own = `http://127.0.0.1:${server.address().port}`;
  console.log(`vouching at ${own}`);
});
