// An identity provider that says what it is told to say, right or wrong (oauth2-mock-server). It takes orders as lines of JSON,
// `{"lie": "nonce", "claims": {…}}`, and answers each with a line.
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { OAuth2Server } from 'oauth2-mock-server';

let server;

// The groups of whoever signs in, until it is told otherwise.
const groups = process.argv[3];
let order = groups ? { claims: { groups: groups.split(' ') } } : {};
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = (token) => token.split('.').slice(0, 2).map((text) => JSON.parse(Buffer.from(text, 'base64url')));
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

const payloads = {
  issuer: (payload) => ({ ...payload, iss: 'https://evil.example' }),
  audience: (payload) => ({ ...payload, aud: 'another-client' }),
  audiences: (payload) => ({ ...payload, aud: [payload.aud, 'another-client'] }),
  nonce: (payload) => ({ ...payload, nonce: 'another-nonce' }),
  'no-nonce': ({ nonce, ...payload }) => payload,
  expired: (payload) => ({ ...payload, iat: payload.iat - 7200, exp: payload.iat - 3600 }),
  'no-subject': ({ sub, ...payload }) => payload,
  huge: (payload) => ({ ...payload, padding: 'x'.repeat(100_000) }),
  'many-groups': (payload) => ({ ...payload, _claim_names: { groups: 'src1' }, _claim_sources: { src1: {} } }),
};
const signatures = {
  none: (header, payload) => `${part({ ...header, alg: 'none' })}.${part(payload)}.`,
  // The confusion of old: the public key, which everybody has, as a shared secret.
  'public-key-as-secret': (header, payload) => {
    const text = `${part({ ...header, alg: 'HS256' })}.${part(payload)}`;
    return `${text}.${createHmac('sha256', JSON.stringify(server.issuer.keys.toJSON()[0])).update(text).digest('base64url')}`;
  },
  'client-secret': (header, payload) => {
    const text = `${part({ ...header, alg: 'HS256' })}.${part(payload)}`;
    return `${text}.${createHmac('sha256', 'the-client-secret').update(text).digest('base64url')}`;
  },
  'swapped-key': (header, payload) => {
    const text = `${part(header)}.${part(payload)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(stranger.privateKey, 'base64url')}`;
  },
  'changed-payload': (header, payload, signature) => `${part(header)}.${part({ ...payload, sub: 'root' })}.${signature}`,
};

// Each start has keys of its own.
async function start(port) {
  server = new OAuth2Server();
  await server.issuer.keys.generate('RS256');
  await server.start(port, '127.0.0.1');
  server.issuer.url = `http://127.0.0.1:${server.address().port}`;
  server.service.on('beforeTokenSigning', say);
  server.service.on('beforeResponse', answer);
}

function say(token) {
  if (token.payload.aud === undefined) return;
  Object.assign(token.payload, order.claims ?? {});
  token.payload = (payloads[order.lie] ?? ((payload) => payload))(token.payload);
}

function answer(response) {
  if (order.lie === 'refuses') Object.assign(response, { statusCode: 400, body: { error: 'invalid_grant' } });
  if (order.lie === 'no-id-token') delete response.body.id_token;
  if (order.lie === 'no-json') response.body = 'nothing';
  const signed = signatures[order.lie];
  if (signed) {
    const [header, payload] = parts(response.body.id_token);
    response.body.id_token = signed(header, payload, response.body.id_token.split('.')[2]);
  }
}

await start(Number(process.argv[2] ?? 0));
console.log(JSON.stringify({ issuer: server.issuer.url }));
for await (const line of createInterface({ input: process.stdin })) {
  order = JSON.parse(line);
  if (order.lie === 'other-keys') {
    const { port } = server.address();
    await server.stop();
    await start(port);
  }
  console.log('{}');
}
// Who gave it a port ends it.
if (!process.argv[2]) process.exit();
