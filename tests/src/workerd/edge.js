// Stands before the bundle and passes everything on. Two requests that no visitor can make on Cloudflare are answered
// here: one in which the platform breaks its word and so makes the shell panic, and one that is the cron trigger.
import { WorkerEntrypoint } from "cloudflare:workers";
import Edge from "./index.js";

export { CurrentRecord } from "./index.js";

export default class extends WorkerEntrypoint {
  async fetch(request) {
    const edge = new Edge(this.ctx, this.env);
    const path = new URL(request.url).pathname;
    if (path === "/test/cron") {
      await edge.scheduled({ cron: "*/5 * * * *", scheduledTime: Date.now() });
      return new Response("done\n");
    }
    if (request.headers.has("test-panic")) {
      this.ctx.waitUntil = () => { throw new Error("no work afterwards today"); };
    }
    return edge.fetch(request);
  }
}
