// One of the Node workers behind nginx: `node worker.mjs PORT REDIS_PORT`.
//
// /          the finished page, as Redis holds it for the host and the encoding
// /rendered  the page drawn for this visit, from the JSON document that Redis holds for the host; not compressed
import { createServer } from "node:http";
import { RESP_TYPES, createClient } from "@redis/client";
import { draw } from "./page.mjs";

const [port, redisPort] = process.argv.slice(2).map(Number);

// One connection: what is asked while answers are under way goes out at once, behind what was asked before.
const redis = await createClient({ socket: { host: "127.0.0.1", port: redisPort } }).connect();
const bytes = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
const frame = JSON.parse(await redis.get("frame"));

const server = createServer((request, response) => {
  reply(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
// nginx keeps its connections for as long as it likes.
server.keepAliveTimeout = 0;
server.listen(port, "127.0.0.1");

async function reply(request, response) {
  const { host } = request.headers;
  if (request.url === "/rendered") {
    const document = await redis.get(`document/${host}`);
    return document ? send(response, RENDERED, Buffer.from(draw(JSON.parse(document), frame))) : absent(response);
  }
  const [head, body] = await bytes.hmGet(`page/${host}/${encoding(request.headers)}`, ["head", "body"]);
  return body ? send(response, JSON.parse(head), body) : absent(response);
}

/** `head` is a flat list of names and values. */
function send(response, head, body) {
  response.writeHead(200, [...head, "content-length", body.length]).end(body);
}

function absent(response) {
  response.writeHead(404, { "content-type": "text/plain" }).end("no such page\n");
}

function encoding(headers) {
  const accepted = headers["accept-encoding"] ?? "";
  return ["br", "gzip"].find((name) => accepted.includes(name)) ?? "identity";
}

const RENDERED = ["content-type", "text/html; charset=utf-8", "cache-control", "no-store"];
