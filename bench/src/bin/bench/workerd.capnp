using Workerd = import "/workerd/workerd.capnp";

# One isolate with nothing before it: what it costs is what the bundle costs.
const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "kv", external = (address = "ADDRESS_OF_KV", http = ())),
  ],
  sockets = [(name = "http", address = "LISTEN", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-26",
  bindings = [
    (name = "KV", kvNamespace = "kv"),
    (name = "REGION", text = "workers"),
  ],
);
