// A proxy that speaks TLS with browsers and plain HTTP with an edge, whatever host they ask for. PORT and EDGE (a port) come as
// arguments, and a folder for a key and a certificate that nobody trusts.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { TLSSocket, createSecureContext } from 'node:tls';

const [port, edge, folder] = process.argv.slice(2);
const [key, cert] = ['proxy.key', 'proxy.pem'].map((file) => join(folder, file));
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
execFileSync('openssl', ['req', '-x509', ...newKey, '-out', cert, '-days', '2', '-subj', '/CN=proxy'], { stdio: 'ignore' });
const secureContext = createSecureContext({ key: readFileSync(key), cert: readFileSync(cert) });

const server = createServer((_, reply) => reply.writeHead(502).end());
server.on('connect', (_, visitor, head) => {
  visitor.write('HTTP/1.1 200 Connected\r\n\r\n');
  if (head.length) visitor.unshift(head);
  const plain = new TLSSocket(visitor, { isServer: true, secureContext });
  const onward = connect(Number(edge), '127.0.0.1');
  for (const [from, to] of [[plain, onward], [onward, plain]]) {
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
});
server.listen(Number(port), '127.0.0.1');
