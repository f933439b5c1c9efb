// A real identity provider (oidc-provider) at which anybody signs in as whom they say they are: who is called `ada` has the
// address ada@example.com and is in the groups that GROUPS lists. PORT, REDIRECTS, with commas, and GROUPS come as arguments; with a
// fourth one it stays until it is ended.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const [port = '0', redirects = '', groups = 'customers', stays] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = `key-${process.pid}`;

const start = (port) =>
  new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: 'pharos', client_secret: 'the-client-secret', redirect_uris: redirects.split(',') }],
    claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
    // Claims stand in the ID token, as most organisations set it up.
    conformIdTokenClaims: false,
    cookies: { keys: ['a secret of the tests'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id, email: `${id}@example.com`, email_verified: true, groups: groups.split(' ') }),
    }),
  });

const listen = (port) =>
  new Promise((done) => {
    let handler;
    const server = http.createServer((request, response) => handler(request, response));
    server.listen(port, '127.0.0.1', () => {
      handler = start(server.address().port).callback();
      done(server);
    });
  });

const server = await listen(Number(port));
console.log(JSON.stringify({ issuer: `http://127.0.0.1:${server.address().port}` }));
if (!stays) process.stdin.resume().on('end', () => process.exit(0));
