using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "kv", external = (address = "KV_ADDRESS", http = ())),
  ],
  sockets = [(name = "http", address = "LISTEN", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "edge.js", esModule = embed "edge.js"),
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-26",
  bindings = [
    BINDINGS
  ],
  durableObjectNamespaces = [(className = "CurrentRecord", uniqueKey = "current", enableSql = true)],
  durableObjectStorage = (inMemory = void),
);
